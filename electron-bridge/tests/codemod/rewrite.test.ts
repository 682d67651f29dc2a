/** What becomes of the lines of an app. */

import { describe, expect, it } from "vitest";
import { move } from "./support.ts";

const FACADE = "@pjais/electron-bridge/rxdb";

/** Each moves whole: nothing is left to its author. */
const wholes: Readonly<Record<string, readonly [before: string, after: string]>> = {
  "an import of rxdb": [
    `import { createRxDatabase } from "rxdb";\n`,
    `import { createRxDatabase } from "${FACADE}";\n`,
  ],
  "an import of its core, of types, in other quotes and without semicolon": [
    `import type { RxDatabase, RxCollection as C } from 'rxdb/plugins/core'\n`,
    `import type { RxDatabase, RxCollection as C } from '${FACADE}'\n`,
  ],
  "the hooks": [
    `import { useRxData } from "rxdb-hooks";\nimport { useLiveRxQuery } from "rxdb/plugins/react";\n`,
    `import { useRxData } from "${FACADE}/rxdb-hooks";\nimport { useLiveRxQuery } from "${FACADE}/react";\n`,
  ],
  "a re-export": [
    `export { isRxDocument, type RxDocument } from "rxdb";\n`,
    `export { isRxDocument, type RxDocument } from "${FACADE}";\n`,
  ],
  "a type that is imported where it is used": [
    `let db: import("rxdb").RxDatabase<{}>;\n`,
    `let db: import("${FACADE}").RxDatabase<{}>;\n`,
  ],
  "all of rxdb under one name": [
    `import * as rx from "rxdb";\nexport const is = (x: rx.RxQuery) => rx.isRxQuery(x);\n`,
    `import * as rx from "${FACADE}";\nexport const is = (x: rx.RxQuery) => rx.isRxQuery(x);\n`,
  ],
  "an import at run time": [
    `const { createRxDatabase } = await import("rxdb");\nconst is = (await import("rxdb")).isRxQuery;\nimport("rxdb").then((m) => m.isRxDocument);\n`,
    `const { createRxDatabase } = await import("${FACADE}");\nconst is = (await import("${FACADE}")).isRxQuery;\nimport("${FACADE}").then((m) => m.isRxDocument);\n`,
  ],
  "a storage, and its import": [
    `import { createRxDatabase } from "rxdb";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";

export const open = () => createRxDatabase({ name: "app", storage: getRxStorageDexie(), eventReduce: true });
`,
    `import { createRxDatabase, getRxStorageSidecar } from "${FACADE}";

export const open = () => createRxDatabase({ name: "app", storage: getRxStorageSidecar(sidecar), eventReduce: true });
`,
  ],
  "a storage that validators and others wrap": [
    `import { createRxDatabase } from "rxdb";
import { wrappedKeyCompressionStorage } from "rxdb/plugins/key-compression";
import { getRxStorageIndexedDB } from "rxdb-premium/plugins/storage-indexeddb";
import { wrappedValidateAjvStorage } from "rxdb/plugins/validate-ajv";
const db = await createRxDatabase({
  name: "app",
  storage: wrappedValidateAjvStorage({
    storage: wrappedKeyCompressionStorage({ storage: getRxStorageIndexedDB() }),
  }),
});
`,
    `import { createRxDatabase, getRxStorageSidecar } from "${FACADE}";
const db = await createRxDatabase({
  name: "app",
  storage: getRxStorageSidecar(sidecar),
});
`,
  ],
  "a storage that is wrapped later, or under a condition": [
    `import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { wrappedValidateZSchemaStorage } from 'rxdb/plugins/validate-z-schema';

let storage = getRxStorageDexie();
if (import.meta.env.DEV) {
  storage = wrappedValidateZSchemaStorage({ storage });
}
export const other = dev ? wrappedValidateZSchemaStorage({ storage: getRxStorageDexie() }) : getRxStorageDexie();
`,
    `import { getRxStorageSidecar } from '${FACADE}';

let storage = getRxStorageSidecar(sidecar);
export const other = dev ? getRxStorageSidecar(sidecar) : getRxStorageSidecar(sidecar);
`,
  ],
  "a storage whose type is imported before": [
    `import type {} from "rxdb/plugins/storage-dexie";
import "rxdb/plugins/storage-dexie";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
export const storage = getRxStorageDexie();
`,
    `import { getRxStorageSidecar } from "${FACADE}";
export const storage = getRxStorageSidecar(sidecar);
`,
  ],
  "names on lines of their own": [
    `import {
  addRxPlugin,
  createRxDatabase,
  type RxDatabase,
} from "rxdb";
import { RxDBUpdatePlugin } from "rxdb/plugins/update";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
addRxPlugin(RxDBUpdatePlugin);
const storage = getRxStorageDexie();
`,
    `import {
  createRxDatabase,
  type RxDatabase,
  getRxStorageSidecar,
} from "${FACADE}";
const storage = getRxStorageSidecar(sidecar);
`,
  ],
  "plugins that are always there, and an `if` that was for them": [
    `import { addRxPlugin, isRxDatabase } from "rxdb";
import { RxDBDevModePlugin } from "rxdb/plugins/dev-mode";
import { RxDBQueryBuilderPlugin } from "rxdb/plugins/query-builder";
import "rxdb/plugins/leader-election";
import { start } from "./start";

if (process.env.NODE_ENV !== "production") {
  addRxPlugin(RxDBDevModePlugin); // checks
}

[RxDBQueryBuilderPlugin, RxDBDevModePlugin].forEach(addRxPlugin);

start(isRxDatabase);
`,
    `import { isRxDatabase } from "${FACADE}";
import { start } from "./start";

start(isRxDatabase);
`,
  ],
  "a plugin that is loaded for development": [
    `import { addRxPlugin } from "rxdb";
export async function start() {
  if (import.meta.env.DEV) {
    await import("rxdb/plugins/dev-mode").then((module) => addRxPlugin(module.RxDBDevModePlugin));
  }
  if (import.meta.env.MODE === "test") {
    const { RxDBUpdatePlugin } = await import("rxdb/plugins/update");
    addRxPlugin(RxDBUpdatePlugin);
  }
  return 1;
}
`,
    `export async function start() {
  return 1;
}
`,
  ],
  "an `if` that does more, or another plugin of the app's": [
    `import { addRxPlugin } from "rxdb";
import { RxDBDevModePlugin } from "rxdb/plugins/dev-mode";
import { mine } from "./mine";
if (check()) addRxPlugin(RxDBDevModePlugin);
if (dev) {
  addRxPlugin(RxDBDevModePlugin);
} else {
  addRxPlugin(mine);
}
`,
    `import { addRxPlugin } from "${FACADE}";
import { mine } from "./mine";
if (check()) {}
if (dev) {
} else {
  addRxPlugin(mine);
}
`,
  ],
  "the plugin of rxdb-hooks": [
    `import { addRxPlugin } from 'rxdb';\nimport { observeNewCollections, Provider } from 'rxdb-hooks';\naddRxPlugin(observeNewCollections);\nexport { Provider };\n`,
    `import { Provider } from '${FACADE}/rxdb-hooks';\nexport { Provider };\n`,
  ],
  CommonJS: [
    `const { addRxPlugin, createRxDatabase } = require('rxdb');
const { getRxStorageDexie } = require('rxdb/plugins/storage-dexie');
const { RxDBUpdatePlugin } = require('rxdb/plugins/update');

addRxPlugin(RxDBUpdatePlugin);

module.exports = () => createRxDatabase({ name: 'app', storage: getRxStorageDexie() });
`,
    `const { createRxDatabase, getRxStorageSidecar } = require('${FACADE}');

module.exports = () => createRxDatabase({ name: 'app', storage: getRxStorageSidecar(sidecar) });
`,
  ],
};

describe("a file moves", () => {
  it.each(Object.entries(wholes))("%s", (_, [before, after]) => {
    expect(move(before, { name: "file.tsx" })).toEqual({ text: after, left: [], code: 0 });
  });

  it("and what is called like RxDB's, but is not, stays", () => {
    const text = `import { getRxStorageDexie } from "./mine";
import { createRxDatabase } from "rxdb-like";
const name = "rxdb";
log("rxdb");
getRxStorageDexie(createRxDatabase, name);
`;
    expect(move(text)).toEqual({ text, left: [], code: 0 });
  });

  it("and a name that is shadowed is another's", () => {
    const text = (
      module: string,
      made: string,
    ) => `import { createRxDatabase${made === "getRxStorageDexie()" ? "" : ", getRxStorageSidecar"} } from "${module}";
${made === "getRxStorageDexie()" ? 'import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";\n' : ""}const mine = (getRxStorageDexie: () => string) => getRxStorageDexie();
createRxDatabase({ storage: ${made}, mine });
`;
    expect(move(text("rxdb", "getRxStorageDexie()")).text).toBe(
      text(FACADE, "getRxStorageSidecar(sidecar)"),
    );
  });
});

describe("what cannot be moved stays, and is told with its line", () => {
  it("a name the facade has not, in an import of its own", () => {
    expect(
      move(
        `import { A } from "a";\nimport { createBlob, createRxDatabase, type RxStorage } from "rxdb";\n`,
      ),
    ).toEqual({
      text: `import { A } from "a";
import { createRxDatabase } from "${FACADE}";
import { createBlob, type RxStorage } from "rxdb";
`,
      left: [`2: rxdb: ${FACADE} has no createBlob`, `2: rxdb: ${FACADE} has no RxStorage`],
      code: 1,
    });
  });

  it("a re-exported name the facade has not", () => {
    expect(move(`export { type RxDocument, type RxStorage } from "rxdb";\n`)).toEqual({
      text: `export { type RxDocument } from "${FACADE}";\nexport { type RxStorage } from "rxdb";\n`,
      left: [`1: rxdb: ${FACADE} has no RxStorage`],
      code: 1,
    });
  });

  it("a plugin that has no counterpart, with its addRxPlugin", () => {
    const { text, left } = move(`import { addRxPlugin } from "rxdb";
import { RxDBAttachmentsPlugin } from "rxdb/plugins/attachments";
import { replicateRxCollection } from "rxdb/plugins/replication";
import { RxDBUpdatePlugin } from "rxdb/plugins/update";
addRxPlugin(RxDBAttachmentsPlugin);
addRxPlugin(RxDBUpdatePlugin);
replicateRxCollection({});
`);
    expect(text).toBe(`import { addRxPlugin } from "${FACADE}";
import { RxDBAttachmentsPlugin } from "rxdb/plugins/attachments";
import { replicateRxCollection } from "rxdb/plugins/replication";
addRxPlugin(RxDBAttachmentsPlugin);
replicateRxCollection({});
`);
    expect(left).toEqual([
      "2: rxdb/plugins/attachments: the facade takes no attachments",
      "3: rxdb/plugins/replication: the sidecar does not replicate to a server",
    ]);
  });

  it("a plugin or a storage that is used in some other way", () => {
    const { text, left } = move(`import { RxDBUpdatePlugin } from "rxdb/plugins/update";
import { getRxStorageDexie, type RxStorageDexie } from "rxdb/plugins/storage-dexie";
export const plugins = [RxDBUpdatePlugin];
export let storage: RxStorageDexie | undefined;
storage = getRxStorageDexie();
`);
    expect(text).toContain(`import { type RxStorageDexie } from "rxdb/plugins/storage-dexie";`);
    expect(text).toContain(`import { RxDBUpdatePlugin } from "rxdb/plugins/update";`);
    expect(text).toContain("storage = getRxStorageSidecar(sidecar);");
    expect(left).toEqual([
      "3: rxdb/plugins/update: RxDBUpdatePlugin is used in a way the codemod does not know",
      "4: rxdb/plugins/storage-dexie: RxStorageDexie is used in a way the codemod does not know",
    ]);
  });

  it("a module whose names cannot be told, or is mocked or augmented", () => {
    const text = `export * from "rxdb";
import rxdb, { isRxQuery } from "rxdb";
import * as all from "rxdb";
import old = require("rxdb");
const some = await import("rxdb");
vi.mock("rxdb", () => ({}));
declare module "rxdb" {}
console.log(rxdb, isRxQuery, all, old, some[0]);
`;
    const untold = "rxdb: which of its names are used here cannot be told";
    expect(move(text)).toEqual({
      text,
      left: [1, 2, 3, 4, 5, 6, 7].map((line) => `${line}: ${untold}`),
      code: 1,
    });
  });

  it("a member the facade has not, where the file has to do with RxDB", () => {
    const text = `import { createRxDatabase } from "${FACADE}";
const db = await createRxDatabase({});
db.waitForLeadership().then(() => db.exportJSON());
`;
    expect(move(text)).toEqual({
      text,
      left: [
        expect.stringMatching(/^3: waitForLeadership: all windows/),
        expect.stringMatching(/^3: exportJSON: the sidecar/),
      ],
      code: 1,
    });
    expect(move("db.waitForLeadership();\n")).toMatchObject({ left: [] });
  });

  it("encryption of single fields, of which the storage is moved", () => {
    const { text, left } =
      move(`import { wrappedKeyEncryptionCryptoJsStorage } from "rxdb/plugins/encryption-crypto-js";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
const storage = wrappedKeyEncryptionCryptoJsStorage({ storage: getRxStorageDexie() });
`);
    expect(text).toBe(`import { getRxStorageSidecar } from "${FACADE}";
const storage = getRxStorageSidecar(sidecar);
`);
    expect(left).toEqual([expect.stringMatching(/^1: fields are not encrypted one by one/)]);
  });

  it.each(["memory", "remote", "mongodb"])("a file with a storage of its own: %s", (storage) => {
    const text = `import { createRxDatabase } from "rxdb";\nimport { getRxStorageX } from "rxdb/plugins/storage-${storage}";\n`;
    const moved = move(text);
    expect(moved.text).toBe(text);
    expect(moved.left).toEqual([expect.stringMatching(/^2: .* left alone$/)]);
  });
});

describe("outside of the edits a file is the same, byte for byte", () => {
  const before = [
    "\uFEFF/* 🙂 \t odd   formatting */",
    "import {createRxDatabase}   from 'rxdb' ; // why",
    "",
    "\tconst  x = [1,2 ,3]  ",
    "",
    "export const q = 'rxdb'+ `x `",
  ].join("\r\n");

  it("with a byte order mark, CRLF, tabs and no line feed at the end", () => {
    expect(move(before).text).toBe(before.replace("'rxdb' ;", `'${FACADE}' ;`));
  });

  it("and a line it adds ends like the others", () => {
    const { text } = move("import { isRxQuery, RxStorage } from 'rxdb'\r\nlet x\r\n");
    expect(text).toBe(
      `import { isRxQuery } from '${FACADE}'\r\nimport { RxStorage } from 'rxdb'\r\nlet x\r\n`,
    );
  });
});
