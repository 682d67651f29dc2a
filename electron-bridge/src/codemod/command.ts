import { parseArgs } from "node:util";
import { moveFile, type Outcome } from "./codemod.ts";
import { PathError, sourcesAt } from "./files.ts";

/** Where a command writes. */
export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

const ENDPOINT = "window.sidecarEndpoint";

const HELP = `Usage: electron-bridge codemod <path>... [--dry-run] [--endpoint <expression>]

Moves an app's code from RxDB to the sidecar's facade of it:

  - imports of rxdb, rxdb/plugins/*, rxdb/plugins/react and rxdb-hooks become imports of
    @pjais/electron-bridge/rxdb, .../rxdb/react and .../rxdb/rxdb-hooks
  - getRxStorageDexie() and its like, with what wraps them, become
    getRxStorageSidecar(<endpoint>)
  - addRxPlugin calls and imports of plugins that are always there go

Components need no other change. What cannot be moved stays as it is and is listed with file and
line; imports that stay need rxdb in your package.json as before. Nothing is formatted: run your
formatter afterwards. Running it again changes nothing more.

  <path>          a file, or a directory (node_modules, dist, dot-directories are left out)
  --dry-run       change nothing, show what would change
  --endpoint <x>  the expression getRxStorageSidecar is given: a client of connect(), or the url
                  and token of the sidecar's ready line as your preload script exposes them
                  (default: ${ENDPOINT})
  --help          this text

Exit code: 0 all is moved, 1 something is left to you, 2 called wrongly, nothing changed.

  npx electron-bridge codemod src/ --dry-run
  npx electron-bridge codemod src/ --endpoint "await window.sidecar.endpoint()"
`;

/** Run a command line; returns its exit code. */
export function run(args: readonly string[], { out, error }: Output): number {
  const wrong = (why: string): number => {
    error(`electron-bridge: ${why}\nSee electron-bridge codemod --help\n`);
    return 2;
  };
  const parsed = readArgs(args);
  if (typeof parsed === "string") return wrong(parsed);
  const { values, positionals } = parsed;
  const [command, ...paths] = positionals;
  if (values.help || command === undefined) {
    out(HELP);
    return values.help ? 0 : 2;
  }
  if (command !== "codemod") return wrong(`There is no command ${command}`);
  if (paths.length === 0) return wrong("Which files? Name a directory, such as src/");
  const { "dry-run": dryRun, endpoint } = values;
  let files: string[];
  try {
    files = [...new Set(paths.flatMap(sourcesAt))];
  } catch (reason) {
    if (reason instanceof PathError) return wrong(reason.message);
    throw reason;
  }
  const outcomes = files.map((path) => moveFile(path, { endpoint, dryRun }));
  out(report(outcomes, dryRun));
  return outcomes.some(({ remarks }) => remarks.length > 0) ? 1 : 0;
}

function readArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "dry-run": { type: "boolean", default: false },
        endpoint: { type: "string", default: ENDPOINT },
        help: { type: "boolean", default: false, short: "h" },
      },
    });
  } catch (reason) {
    if (reason instanceof TypeError) return reason.message;
    throw reason;
  }
}

function report(outcomes: readonly Outcome[], dryRun: boolean): string {
  const changed = outcomes.filter((outcome) => outcome.changed);
  const remarks = outcomes.flatMap((outcome) => outcome.remarks);
  const changes = dryRun
    ? changed.map(({ path, diff }) => [path, ...diff])
    : [changed.map(({ path }) => path)];
  const left = remarks.length > 0 ? ["Left to you:", ...remarks.map((one) => `  ${one}`)] : [];
  const counts = [
    `files read: ${outcomes.length}`,
    `${dryRun ? "to change" : "changed"}: ${changed.length}`,
    `left to you: ${remarks.length}`,
  ].join(", ");
  const sections = [...changes, left, [counts]].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
