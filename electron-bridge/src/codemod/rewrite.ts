/**
 * What moves a file from RxDB to the facade: a list of edits, and what is left to its author.
 *
 * 1. A name the facade has is imported from it; one it has not stays where it is, and is told.
 * 2. A storage becomes the sidecar's wherever it is made; what wraps one, goes.
 * 3. `addRxPlugin` of a plugin that is always there goes, and an `if` that did nothing else.
 * 4. An import goes when nothing that stays uses its names.
 * 5. A file that uses a storage which is not the app's (memory, a server's) is left alone as a whole.
 *
 * Nothing is formatted: outside of the edits a file is the same, byte for byte.
 */

import ts from "typescript";
import type { Edit } from "./edits.ts";
import { FACADE, type Fate, unsupported } from "./modules.ts";
import { type Reference, references, type Taken } from "./references.ts";
import { eachOf, loadingStatement, wrappedBy } from "./shapes.ts";
import { nodesOf, type Source } from "./source.ts";
import { withEmptied, withoutGaps, withoutStatement } from "./statements.ts";

/** Something that only the author of a file can decide; `position` is an offset into its text. */
export interface Remark {
  readonly position: number;
  readonly why: string;
}

/** What {@link rewrite} found to do. */
export interface Plan {
  readonly edits: readonly Edit[];
  readonly remarks: readonly Remark[];
}

const STORAGE = "getRxStorageSidecar";

/**
 * Plan what moves a file.
 *
 * @param endpoint The expression that `getRxStorageSidecar` is given.
 */
export function rewrite(source: Source, endpoint: string): Plan {
  const found = references(source);
  const apart = found.flatMap(({ literal, fate }) =>
    fate.kind === "apart"
      ? [{ position: literal.getStart(), why: `${fate.why}; the file is left alone` }]
      : [],
  );
  return apart.length > 0
    ? { edits: [], remarks: apart }
    : new Rewriting(source, found).plan(endpoint);
}

/** The names that are only there for plugins, and go with the last of those. */
const PLUGIN_NAMES: ReadonlySet<string> = new Set(["addRxPlugin", "observeNewCollections"]);

type Moves = Extract<Fate, { readonly kind: "moves" }>;
type Known = Reference & { readonly taken: readonly Taken[] };

class Rewriting {
  readonly #source: Source;
  readonly #found: readonly Reference[];
  readonly #edits: Edit[] = [];
  readonly #remarks: Remark[] = [];
  readonly #gone = new Set<ts.Statement>();
  #needsStorage = false;
  /** What each use of a name taken of RxDB stands for. */
  readonly #meaning = new Map<ts.Identifier, { readonly name: string; readonly fate: Fate }>();

  constructor(source: Source, found: readonly Reference[]) {
    this.#source = source;
    this.#found = found;
    for (const { taken = [], fate, statement } of found) {
      if (statement === undefined) continue;
      for (const { name, local } of taken) {
        if (local === undefined) continue;
        for (const use of source.uses(local)) this.#meaning.set(use, { name, fate });
      }
    }
  }

  plan(endpoint: string): Plan {
    const { text } = this.#source.file;
    this.#replaceStorages(`${STORAGE}(${endpoint})`);
    this.#dropPlugins();
    for (const reference of this.#found) this.#move(reference);
    const old = this.#found.find(
      ({ fate, taken, statement }) =>
        fate.kind === "storage" && taken?.[0] && takesValues(statement),
    );
    if (this.#needsStorage && old !== undefined) this.#insertAbove(old, [STORAGE], FACADE);
    this.#remarkUnsupported();
    this.#edits.push(...[...withEmptied(this.#gone)].map(withoutStatement));
    return {
      edits: withoutGaps(text, this.#edits),
      remarks: this.#remarks.toSorted((a, b) => a.position - b.position),
    };
  }

  /** Rule 2. */
  #replaceStorages(text: string): void {
    for (const node of nodesOf(this.#source.file)) {
      if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) continue;
      const meaning = this.#meaning.get(node.expression);
      if (meaning?.fate.kind !== "storage") continue;
      if (meaning.name.startsWith("getRxStorage")) {
        this.#edits.push({ start: node.getStart(), end: node.end, text });
        this.#needsStorage = true;
        continue;
      }
      const inner = wrappedBy(node);
      if (inner !== undefined) this.#unwrap(node, inner);
    }
  }

  #unwrap(call: ts.CallExpression, inner: ts.Expression): void {
    const { parent } = call;
    // `storage = wrapped({ storage })` would leave `storage = storage`.
    const assigns = ts.isBinaryExpression(parent) && parent.left.getText() === inner.getText();
    if (assigns && ts.isExpressionStatement(parent.parent)) {
      this.#gone.add(parent.parent);
    } else {
      this.#edits.push({ start: call.getStart(), end: inner.getStart(), text: "" });
      this.#edits.push({ start: inner.end, end: call.end, text: "" });
    }
  }

  /** Rule 3. */
  #dropPlugins(): void {
    for (const [use, { name }] of this.#meaning) {
      const call = use.parent;
      if (name !== "addRxPlugin" || !ts.isCallExpression(call)) continue;
      const plugins = call.expression === use ? call.arguments : eachOf(call);
      if (ts.isExpressionStatement(call.parent) && plugins?.every((one) => this.#isIncluded(one))) {
        this.#gone.add(call.parent);
      }
    }
    for (const { fate, literal } of this.#found) {
      const loading = fate.kind === "included" ? loadingStatement(literal.parent) : undefined;
      if (loading?.calls.every((one) => this.#isAddRxPlugin(one)))
        this.#gone.add(loading.statement);
    }
  }

  #isIncluded(plugin: ts.Expression): boolean {
    const meaning = ts.isIdentifier(plugin) ? this.#meaning.get(plugin) : undefined;
    return meaning?.fate.kind === "included" || meaning?.name === "observeNewCollections";
  }

  #isAddRxPlugin(node: ts.Node): boolean {
    return (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      this.#meaning.get(node.expression)?.name === "addRxPlugin"
    );
  }

  /** Rules 1 and 4, for one place. */
  #move(reference: Reference): void {
    const { module, fate, literal, taken } = reference;
    if (this.#isGone(literal)) return;
    if (fate.kind === "stays" || fate.kind === "apart") {
      this.#remark(literal, `${module}: ${fate.why}`);
    } else if (taken === undefined) {
      this.#remark(literal, `${module}: which of its names are used here cannot be told`);
    } else {
      const kept = taken.filter((one) => !this.#isUnused(one, fate));
      if (fate.kind === "moves") this.#moveNames({ ...reference, taken }, kept, fate);
      else this.#dropNames({ ...reference, taken }, kept);
      if (fate.kind === "storage" && fate.note !== undefined) this.#remark(literal, fate.note);
    }
  }

  #moveNames(reference: Known, kept: readonly Taken[], { to, names }: Moves): void {
    const { module, literal, taken, statement } = reference;
    const staying = kept.filter(({ name }) => !names.has(name));
    const moving = kept.filter(({ name }) => names.has(name));
    for (const { name, node } of staying) this.#remark(node, `${module}: ${to} has no ${name}`);
    const here = this.#needsStorage && to === FACADE && moving.length > 0 && takesValues(statement);
    if (here) this.#needsStorage = false;
    if (kept.length === 0 && taken.length > 0 && statement !== undefined) {
      this.#gone.add(statement);
    } else if (staying.length === 0) {
      this.#edits.push({ start: literal.getStart() + 1, end: literal.end - 1, text: to });
      this.#edits.push(...withoutNames(taken, kept));
      if (here) this.#importStorage(kept);
    } else if (statement !== undefined && moving.length > 0) {
      const texts = moving.map(({ node }) => node.getText());
      this.#insertAbove(reference, here ? [...texts, STORAGE] : texts, to);
      this.#edits.push(...withoutNames(taken, staying));
    }
  }

  #dropNames({ module, taken, statement }: Known, kept: readonly Taken[]): void {
    for (const { name, node, local } of kept) {
      const use = local && this.#source.uses(local).find((one) => !this.#isGone(one));
      this.#remark(use ?? node, `${module}: ${name} is used in a way the codemod does not know`);
    }
    if (statement === undefined) return;
    if (kept.length === 0) this.#gone.add(statement);
    else this.#edits.push(...withoutNames(taken, kept));
  }

  /** Rule 4: nothing that stays uses the name. */
  #isUnused({ local, name }: Taken, fate: Fate): boolean {
    if (local === undefined) return false;
    const uses = this.#source.uses(local);
    if (!uses.every((use) => this.#isGone(use))) return false;
    return fate.kind !== "moves" || (uses.length > 0 && PLUGIN_NAMES.has(name));
  }

  #isGone(node: ts.Node): boolean {
    const start = node.getStart();
    for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
      if (ts.isStatement(at) && this.#gone.has(at)) return true;
    }
    return this.#edits.some((edit) => edit.start <= start && node.end <= edit.end);
  }

  #remarkUnsupported(): void {
    for (const node of nodesOf(this.#source.file)) {
      if (!ts.isPropertyAccessExpression(node)) continue;
      const why = unsupported.get(node.name.text);
      if (why !== undefined) this.#remark(node.name, `${node.name.text}: ${why}`);
    }
  }

  #remark(node: ts.Node, why: string): void {
    this.#remarks.push({ position: node.getStart(), why });
  }

  /** Add the storage's name after the last of an import's, with what is between two of them. */
  #importStorage(names: readonly Taken[]): void {
    const last = names.at(-1)?.node;
    if (last === undefined) return;
    const before = names.at(-2)?.node;
    const { text } = this.#source.file;
    const separator = before === undefined ? ", " : text.slice(before.end, last.getStart());
    this.#edits.push({ start: last.end, end: last.end, text: separator + STORAGE });
  }

  /** Write a statement like that of a place, with other names of another module, above it. */
  #insertAbove(
    { literal, statement, taken }: Reference,
    names: readonly string[],
    to: string,
  ): void {
    const list = taken?.[0]?.node.parent;
    if (statement === undefined || list === undefined) return;
    const { text } = this.#source.file;
    const start = statement.getStart();
    const copy = [
      text.slice(start, list.getStart() + 1),
      ` ${names.join(", ")} `,
      text.slice(list.end - 1, literal.getStart() + 1),
      to,
      text.slice(literal.end - 1, statement.end),
      /\r?\n/.exec(text)?.[0] ?? "\n",
    ];
    this.#edits.push({ start, end: start, text: copy.join("") });
  }
}

/** Whether a statement takes names that are there at run time, into the file. */
function takesValues(statement: ts.Statement | undefined): boolean {
  if (statement === undefined || ts.isExportDeclaration(statement)) return false;
  return !ts.isImportDeclaration(statement) || statement.importClause?.isTypeOnly === false;
}

/** Edits that take names out of their list, with the commas that were theirs; some must be left. */
function withoutNames(all: readonly Taken[], left: readonly Taken[]): Edit[] {
  const edits: Edit[] = [];
  let lastLeft: ts.Node | undefined;
  for (const [index, one] of all.entries()) {
    const next = all[index + 1]?.node;
    if (left.includes(one)) lastLeft = one.node;
    else if (next !== undefined && all.slice(index).some((later) => left.includes(later))) {
      edits.push({ start: one.node.getStart(), end: next.getStart(), text: "" });
    } else if (lastLeft !== undefined) {
      edits.push({ start: lastLeft.end, end: all.at(-1)?.node.end ?? lastLeft.end, text: "" });
      break;
    }
  }
  return edits;
}
