/** What a database and a collection have in common: local documents, whose code is loaded by the first. */

import type { LocalDocuments } from "./local.ts";
import { Observable } from "./observable.ts";
import type { Any } from "./types/any.ts";

/** Something that may have local documents. */
export abstract class LocalParent {
  #loading: Promise<LocalDocuments> | undefined;

  /** Return those of this parent. */
  protected abstract locals(Made: typeof LocalDocuments): LocalDocuments;

  async insertLocal(id: string, data: Any): Promise<Any> {
    return (await this.#loaded()).insert(id, data);
  }

  async upsertLocal(id: string, data: Any): Promise<Any> {
    return (await this.#loaded()).upsert(id, data);
  }

  async getLocal(id: string): Promise<Any> {
    return (await this.#loaded()).get(id);
  }

  getLocal$(id: string): Observable<Any> {
    return new Observable((subscriber) => {
      this.#loaded()
        .then((locals) => subscriber.add(locals.get$(id).subscribe(subscriber)))
        .catch((error) => subscriber.error(error));
      return undefined;
    });
  }

  #loaded(): Promise<LocalDocuments> {
    this.#loading ??= import("./local.ts").then((module) => this.locals(module.LocalDocuments));
    return this.#loading;
  }
}
