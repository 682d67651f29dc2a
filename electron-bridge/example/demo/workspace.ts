import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DemoError } from "./progress.ts";

/** Where a run of the demo keeps what it makes. */
export interface Workspace {
  root: string;
  /** The built pages. */
  site: string;
  /** The store that the live migration fills. */
  store: string;
  /** A second store, filled from a file. */
  fileStore: string;
  exportFile: string;
  report: string;
  before: string;
  after: string;
}

export const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const MARK = ".sidecar-demo";

/** Make an empty workspace, wiping what an earlier run of the demo left, and nothing else. */
export function openWorkspace(directory = join(REPOSITORY, "build", "demo")): Workspace {
  const root = resolve(directory);
  const used = existsSync(root) && readdirSync(root).length > 0;
  if (used && !existsSync(join(root, MARK))) {
    throw new DemoError(
      `${root} holds files that the demo did not make.`,
      "Set DEMO_DIR to a new or empty directory.",
    );
  }
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, MARK), "The demo wipes this directory when it starts.\n");
  return {
    root,
    site: join(root, "site"),
    store: join(root, "store"),
    fileStore: join(root, "store-from-file"),
    exportFile: join(root, "rxdb-export.json"),
    report: join(root, "report.json"),
    before: join(root, "before.png"),
    after: join(root, "after.png"),
  };
}
