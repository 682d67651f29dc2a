import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type AliasOptions, build } from "vite";

/** Where the pages are served; `close` stops the server at once. */
export interface Site {
  url: string;
  close(): void;
}

const EXAMPLE = fileURLToPath(new URL("..", import.meta.url));

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

/** The bridge as it is built, without its being installed. */
const BUILT: AliasOptions = [
  { find: /^@pjais\/electron-bridge$/, replacement: join(EXAMPLE, "../dist/client/index.js") },
  { find: /^@pjais\/electron-bridge\/(.*)$/, replacement: join(EXAMPLE, "../dist/$1/index.js") },
];

/** Build the two pages, each with its own entry, into `directory`. */
export async function buildPages(directory: string, alias: AliasOptions = BUILT): Promise<void> {
  await build({
    root: EXAMPLE,
    configFile: false,
    logLevel: "warn",
    // The example may have been installed, and has its own then, as the bridge has.
    resolve: { alias, dedupe: ["react", "react-dom", "rxdb", "rxjs"] },
    build: {
      outDir: directory,
      emptyOutDir: true,
      target: "es2023",
      chunkSizeWarningLimit: 1000,
      rollupOptions: {
        input: ["old-app/index.html", "renderer/index.html"].map((page) => join(EXAMPLE, page)),
      },
    },
  });
}

/** Serve `directory` on a free port of the loopback interface, with `headers` in each answer. */
export function serve(
  directory: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = normalize(join(directory, decodeURIComponent(pathname)));
    const path = existsSync(file) && statSync(file).isDirectory() ? join(file, "index.html") : file;
    if (!path.startsWith(directory + sep) || !existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      ...headers,
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      "cache-control": "no-store",
    });
    createReadStream(path).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("The site has no port.");
      resolve({
        url: `http://localhost:${address.port}`,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
