/**
 * Which pages may use the sidecar: those of the app.
 *
 * A window can be led to a page of somebody else, a dropped file or a link, with the preload still
 * there. Without more to go by, these are the app's: files below its path, `app://…`, and in
 * development what a server on this machine serves.
 */

import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The rule of one app. */
export interface PageRule {
  readonly appPath: string;
  readonly isPackaged: boolean;
  /** URLs that the app's pages begin with, beside those above. */
  readonly pages: readonly URL[];
}

/** Whether the page at a URL may use the sidecar. */
export function allowsPage(page: string, { appPath, isPackaged, pages }: PageRule): boolean {
  if (!URL.canParse(page)) return false;
  const url = new URL(page);
  return (
    url.protocol === "app:" ||
    isBelow(url, appPath) ||
    (!isPackaged && /^https?:$/.test(url.protocol) && LOOPBACK.test(url.hostname)) ||
    pages.some((base) => beginsWith(url, base))
  );
}

/** Return the origins of pages that the server has to be told of, as browsers send them. */
export function originsOf(pages: readonly string[]): string[] {
  const urls = pages.map((page) => new URL(page));
  const others = urls.filter(({ protocol }) => protocol !== "file:");
  return [...new Set(others.map(({ protocol, host }) => `${protocol}//${host}`))];
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function beginsWith(url: URL, base: URL): boolean {
  if (base.protocol !== url.protocol) return false;
  if (url.protocol === "file:") return isBelow(url, fileURLToPath(base));
  const folder = base.pathname.replace(/\/?$/, "/");
  return url.host === base.host && `${url.pathname}/`.startsWith(folder);
}

/** Compared as paths: browsers and Node write the same path as different URLs. */
function isBelow(url: URL, folder: string): boolean {
  if (url.protocol !== "file:") return false;
  try {
    const way = relative(folder, fileURLToPath(url));
    return way !== ".." && !way.startsWith(`..${sep}`) && !/^[a-z]:|^\\\\/i.test(way);
  } catch {
    // A file of another machine, or no path.
    return false;
  }
}
