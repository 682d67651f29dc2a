import type { LiveDataOf, LiveInput, SidecarClient } from "../../client/index.ts";
import type { AnyRxDatabase } from "../sources.ts";
import { hasMoved } from "./flags.ts";
import { knownSide, type Side, sideOf, sideToRead } from "./side.ts";
import { asked, type RxSource, rxdbSource, storeSource } from "./source.ts";
import { switching } from "./switching.ts";
import type { Systems } from "./systems.ts";

/** How to do the same in RxDB and in the store. */
export interface Ways<Rx extends AnyRxDatabase, T> {
  readonly rxdb: (database: Rx) => PromiseLike<T> | T;
  readonly store: (client: SidecarClient) => PromiseLike<T> | T;
}

/** What ends a subscription. */
export interface Unsubscribable {
  unsubscribe(): void;
}

/**
 * The base of a service that reads and writes RxDB or the store, whichever is the truth.
 *
 * The store says which, to all windows; a service that is there already changes over by itself.
 *
 * @example
 * class NoteService extends SwitchingService<MyDatabase> {
 *   getNotes = () => this.read({
 *     rxdb: (db) => db.notes.find().exec(),
 *     store: (client) => client.query(table("notes", "id")),
 *   });
 * }
 */
export class SwitchingService<Rx extends AnyRxDatabase = AnyRxDatabase> {
  protected readonly systems: Systems<Rx>;

  constructor(systems: Systems<Rx>) {
    this.systems = systems;
  }

  /** Switch every window to the store, as `FinalMigrationSwitch` does it, without its backup. */
  async switchToLiveStore(): Promise<void> {
    await (await this.systems.getMigration()).cutover();
  }

  /** Read where the truth is; in RxDB while the sidecar can't be reached, unless this origin has moved. */
  protected async read<T>(ways: Ways<Rx, T>): Promise<T> {
    return this.#go(await sideToRead(this.systems.getLiveStore(), hasMoved), ways);
  }

  /**
   * Write where the truth is, as soon as the store has said where: a write must not go astray.
   *
   * A write in RxDB that races the switch is in the store a moment later.
   */
  protected async write<T>(ways: Ways<Rx, T>): Promise<T> {
    return this.#go(await knownSide(this.systems.getLiveStore()), ways);
  }

  /**
   * Call `callback` with what there is now, and again whenever it changes, on whichever side.
   *
   * @param ways `asStored` brings what RxDB gives into the form of the store's rows.
   * @param onError Called with what RxDB or the store refuses; without it, nobody hears of it.
   */
  protected follow<Found, const Q extends LiveInput>(
    ways: {
      readonly rxdb: (database: Rx) => RxSource<Found>;
      readonly asStored: (found: Found) => LiveDataOf<Q>;
      readonly store: Q;
    },
    callback: (value: LiveDataOf<Q>) => void,
    onError: (error: unknown) => void = () => {},
  ): Unsubscribable {
    const value = switching<LiveDataOf<Q>>({
      side: sideOf(this.systems.getLiveStore()),
      moved: hasMoved,
      rxdb: (next, fail) => {
        const source = rxdbSource(() => asked(ways.rxdb(this.systems.getRxDB())));
        return source((found) => next(ways.asStored(found)), fail);
      },
      store: storeSource(this.systems.getLiveStore(), ways.store),
    });
    const unsubscribe = value.subscribe(() => {
      const { value: now, error } = value.getSnapshot();
      if (error !== undefined) onError(error);
      else if (now !== undefined) callback(now);
    });
    return { unsubscribe };
  }

  #go<T>(side: Side, { rxdb, store }: Ways<Rx, T>): Promise<T> | PromiseLike<T> | T {
    return side === "rxdb" ? rxdb(this.systems.getRxDB()) : store(this.systems.getLiveStore());
  }
}
