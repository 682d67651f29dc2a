import type { MigrateOptions, Params, Result, SidecarClient } from "../../client/index.ts";
import { collectionsOf, type MigrationData } from "./data.ts";
import { differenceText, findingText, listed, unverified } from "./report.ts";

/** What became of the documents of one collection. */
export interface CollectionImport {
  /** Documents that are in the store now: put there, or there before with the same content. */
  readonly imported: number;
  readonly errors: readonly string[];
}

/** What became of an export. */
export interface ImportResult {
  readonly personas: CollectionImport;
  readonly memoryEntities: CollectionImport;
  /** These two and all others. */
  readonly collections: { readonly [name: string]: CollectionImport };
  /** Of all collections, and what the verification found. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** The server's report. */
  readonly report: Result<"migrate">;
}

/** What an import may be given, beside `signal` and `onProgress`. */
export interface ImportOptions
  extends MigrateOptions,
    Pick<Params<"migrate">, "ids" | "dryRun" | "strict"> {}

/**
 * Imports the guide's MigrationData into the store, where it is backed up first and compared
 * afterwards, document by document. Importing the same again changes nothing.
 */
export class LiveStoreImporter {
  readonly #client: SidecarClient;

  /** @param liveStore A client of `connect()`. */
  constructor(liveStore: SidecarClient) {
    this.#client = liveStore;
  }

  /**
   * Import an export.
   *
   * @returns What was imported, and what was not: invalid documents are in the quarantine, and the
   *   others are imported all the same.
   * @throws SidecarError `E_MIGRATION`: nothing was imported; with `strict`, because a document is
   *   invalid. `E_TOO_LARGE`: migrate the file with `{ source: { path } }`, or `sidecar migrate run FILE`.
   */
  async importMigrationData(
    data: MigrationData,
    { signal, onProgress, ...choices }: ImportOptions = {},
  ): Promise<ImportResult> {
    const report = await this.#client.migrate(
      { source: { data }, primaryKeys: ownKeys(data), ...choices },
      { signal, onProgress },
    );
    return importResult(
      report,
      [...collectionsOf(data)].map(([name]) => name),
    );
  }
}

/** Tell a report in the guide's words. */
export function importResult(
  report: Result<"migrate">,
  names: readonly string[] = [],
): ImportResult {
  const { validation, verification, conflicts, conflictsTotal } = report;
  const of = (name: string): CollectionImport => {
    const { imported = 0, unchanged = 0 } = report.collections[name] ?? {};
    const errors = validation.errors.filter(({ collection }) => collection === name);
    return { imported: imported + unchanged, errors: errors.map(findingText) };
  };
  const all = new Set([...names, ...Object.keys(report.collections)]);
  return {
    personas: of("personas"),
    memoryEntities: of("memoryEntities"),
    collections: Object.fromEntries([...all].map((name) => [name, of(name)])),
    errors: [
      ...listed(validation.errors.map(findingText), validation.errorsTotal),
      ...listed(conflicts.map(differenceText), conflictsTotal),
      ...(verification === null ? [] : unverified(verification)),
    ],
    warnings: listed(validation.warnings.map(findingText), validation.warningsTotal),
    report,
  };
}

/** Primary keys that the server can't guess: an export brings no schemas. */
function ownKeys({ metadata: { primaryKeys } }: MigrationData): { [collection: string]: string } {
  return Object.fromEntries(Object.entries(primaryKeys).filter(([, key]) => key !== "id"));
}
