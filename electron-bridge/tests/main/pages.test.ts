import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { allowsPage, originsOf } from "../../src/main/pages.ts";

const appPath = "/opt/Ünser app (1)/resources/app.asar";
const file = (path: string): string => pathToFileURL(join(appPath, path)).href;

describe("the app's pages", () => {
  const rule = { appPath, isPackaged: true, pages: [] };

  it("are files below its path, however the URL is written", () => {
    expect(allowsPage(file("index.html"), rule)).toBe(true);
    expect(allowsPage(`${file(".vite/renderer/index.html")}?a=1#b`, rule)).toBe(true);
    expect(allowsPage(file("index.html").replace("(1)", "%281%29"), rule)).toBe(true);
    expect(allowsPage(file("..dots.html"), rule)).toBe(true);
  });

  it("are no other files", () => {
    expect(allowsPage(file("../index.html"), rule)).toBe(false);
    expect(allowsPage(`${pathToFileURL(appPath).href}-not/index.html`, rule)).toBe(false);
    expect(allowsPage(`${file("")}x/%2e%2e/%2e%2e/index.html`, rule)).toBe(false);
    expect(allowsPage("file://server/share/index.html", rule)).toBe(false);
    expect(allowsPage(`${file("")}%2f..%2f..%2findex.html`, rule)).toBe(false);
  });

  it("are those of its own protocol", () => {
    expect(allowsPage("app://bundle/index.html", rule)).toBe(true);
    expect(allowsPage("application://bundle/", rule)).toBe(false);
  });

  it("are this machine's in development alone", () => {
    for (const url of ["http://localhost:5173/", "https://127.0.0.1/", "http://[::1]:8080/a"]) {
      expect(allowsPage(url, { ...rule, isPackaged: false })).toBe(true);
      expect(allowsPage(url, rule)).toBe(false);
    }
    const foreign = ["http://localhost.evil.example/", "http://127.0.0.1.evil.example/"];
    for (const url of [...foreign, "http://10.0.0.1/", "about:blank", "", "no url"]) {
      expect(allowsPage(url, { ...rule, isPackaged: false })).toBe(false);
    }
  });

  it("are what the app names", () => {
    const pages = [
      new URL("https://app.example/in"),
      new URL("pjais://bundle"),
      pathToFileURL("/srv/pages/"),
    ];
    const allows = (url: string): boolean => allowsPage(url, { ...rule, pages });
    expect(allows("https://app.example/in")).toBe(true);
    expect(allows("https://app.example/in/a/b")).toBe(true);
    expect(allows("https://app.example/inner")).toBe(false);
    expect(allows("https://app.example.evil.example/in")).toBe(false);
    expect(allows("http://app.example/in")).toBe(false);
    expect(allows("pjais://bundle/index.html")).toBe(true);
    expect(allows("pjais://other/index.html")).toBe(false);
    expect(allows("file:///srv/pages/index.html")).toBe(true);
    expect(allows("file:///srv/pages-not/index.html")).toBe(false);
  });

  it("have origins that the server is told of", () => {
    const pages = ["https://app.example:8443/in", "https://app.example:8443/", "pjais://bundle/x"];
    expect(originsOf([...pages, "file:///srv/pages/"])).toEqual([
      "https://app.example:8443",
      "pjais://bundle",
    ]);
  });
});
