import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const SOURCE = /\.[cm]?[jt]sx?$/;

/** A path that cannot be read, or holds no source. */
export class PathError extends Error {
  override readonly name = "PathError";
}

/**
 * List the sources at a path: a file is taken as it is, a directory with all below it, in order.
 *
 * What others wrote is left out: `node_modules`, `dist`, names that begin with a dot, and links.
 *
 * @throws PathError Nothing is there, or a file that is no JavaScript or TypeScript.
 */
export function sourcesAt(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new PathError(`There is no ${path}`);
  if (stats.isDirectory()) return sourcesBelow(path);
  if (!SOURCE.test(path)) throw new PathError(`${path} is neither JavaScript nor TypeScript`);
  return [path];
}

function sourcesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory())
        return /^(\.|(node_modules|dist)$)/.test(entry.name) ? [] : sourcesBelow(path);
      return entry.isFile() && SOURCE.test(entry.name) ? [path] : [];
    });
}

/**
 * Read a text so that writing it again gives the same bytes.
 *
 * @throws TypeError It is not UTF-8.
 */
export function readText(path: string): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
}
