import ts from "typescript";
import { type Fate, fateOf } from "./modules.ts";
import { nodesOf, type Source } from "./source.ts";

/** A place that names a module of RxDB. */
export interface Reference {
  readonly module: string;
  readonly fate: Fate;
  /** The module's name, in quotes. */
  readonly literal: ts.StringLiteralLike;
  /** What it takes of the module, undefined where that cannot be told. */
  readonly taken: readonly Taken[] | undefined;
  /** The statement that does nothing but take those, one by one: it may go, or be split. */
  readonly statement?: TakingStatement | undefined;
}

/** A statement with a list of names. */
export type TakingStatement = ts.ImportDeclaration | ts.ExportDeclaration | ts.VariableStatement;

/** A name of a module that a file takes. */
export interface Taken {
  readonly name: string;
  readonly node: ts.Node;
  /** What the file calls it. */
  readonly local?: ts.Identifier;
}

/** Find all places of a file that name a module of RxDB, in their order. */
export function references(source: Source): Reference[] {
  const found: Reference[] = [];
  for (const node of nodesOf(source.file)) {
    const fate = ts.isStringLiteralLike(node) ? fateOf(node.text) : undefined;
    if (fate === undefined || !ts.isStringLiteralLike(node)) continue;
    const taking = takingOf(node, source);
    if (taking !== undefined) found.push({ module: node.text, fate, literal: node, ...taking });
  }
  return found;
}

type Taking = Pick<Reference, "taken" | "statement">;

const UNKNOWN: Taking = { taken: undefined };

/** What a literal's surroundings take of the module it names, undefined where it is just a text. */
function takingOf(literal: ts.StringLiteralLike, source: Source): Taking | undefined {
  const { parent } = literal;
  if (ts.isImportDeclaration(parent)) return byImport(parent, source);
  if (ts.isExportDeclaration(parent)) {
    const { exportClause } = parent;
    if (exportClause === undefined || ts.isNamespaceExport(exportClause)) return UNKNOWN;
    return { taken: exportClause.elements.map(listed), statement: parent };
  }
  if (ts.isLiteralTypeNode(parent) && ts.isImportTypeNode(parent.parent)) {
    const { qualifier } = parent.parent;
    return { taken: qualifier && [named(firstOf(qualifier))] };
  }
  if (ts.isExternalModuleReference(parent) || ts.isModuleDeclaration(parent)) return UNKNOWN;
  if (ts.isCallExpression(parent) && parent.arguments[0] === literal) return byCall(parent, source);
  return undefined;
}

function byImport(statement: ts.ImportDeclaration, source: Source): Taking {
  const clause = statement.importClause;
  if (clause === undefined) return { taken: [], statement };
  const { namedBindings } = clause;
  if (clause.name !== undefined || namedBindings === undefined) return UNKNOWN;
  if (ts.isNamespaceImport(namedBindings)) return { taken: members(namedBindings.name, source) };
  const taken = namedBindings.elements.map((node) => ({ ...listed(node), local: node.name }));
  return { taken, statement };
}

/** `require("…")`, `import("…")`, and the mocks of test frameworks. */
function byCall(call: ts.CallExpression, source: Source): Taking | undefined {
  const { expression } = call;
  if (
    expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(expression) && expression.text === "require")
  ) {
    return ofLoaded(unwrapped(call), source);
  }
  const mocks =
    ts.isPropertyAccessExpression(expression) && /mock|actual|resolve/i.test(expression.name.text);
  return mocks ? UNKNOWN : undefined;
}

/** What is done with a module that an expression has loaded, or promises to load. */
function ofLoaded(value: ts.Expression, source: Source): Taking {
  const { parent } = value;
  if (ts.isVariableDeclaration(parent)) {
    const taken = members(parent.name, source);
    const statement = parent.parent.parent;
    const alone =
      ts.isObjectBindingPattern(parent.name) &&
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.length === 1;
    return alone ? { taken, statement } : { taken };
  }
  if (!ts.isPropertyAccessExpression(parent)) return UNKNOWN;
  if (parent.name.text !== "then") return { taken: [named(parent.name)] };
  const then = parent.parent;
  const callback = ts.isCallExpression(then) ? then.arguments[0] : undefined;
  const parameter = callback && ts.isArrowFunction(callback) ? callback.parameters[0] : undefined;
  return { taken: parameter && members(parameter.name, source) };
}

/** The members that are used of a variable that holds a module, undefined where they cannot be told. */
function members(variable: ts.BindingName, source: Source): readonly Taken[] | undefined {
  if (ts.isArrayBindingPattern(variable)) return undefined;
  const found: Taken[] = [];
  if (ts.isObjectBindingPattern(variable)) {
    for (const node of variable.elements) {
      const name = node.propertyName ?? node.name;
      if (node.dotDotDotToken || !ts.isIdentifier(name) || !ts.isIdentifier(node.name))
        return undefined;
      found.push({ name: name.text, node, local: node.name });
    }
    return found;
  }
  for (const { parent } of source.uses(variable)) {
    if (ts.isPropertyAccessExpression(parent)) found.push(named(parent.name));
    else if (ts.isQualifiedName(parent)) found.push(named(parent.right));
    else return undefined;
  }
  return found;
}

/** Parentheses and `await` around an expression taken off. */
function unwrapped(node: ts.Expression): ts.Expression {
  const { parent } = node;
  return ts.isAwaitExpression(parent) || ts.isParenthesizedExpression(parent)
    ? unwrapped(parent)
    : node;
}

function firstOf(name: ts.EntityName): ts.Identifier {
  return ts.isIdentifier(name) ? name : firstOf(name.left);
}

/** A name in the list of an import or export. */
function listed(node: ts.ImportSpecifier | ts.ExportSpecifier): Taken {
  return { name: (node.propertyName ?? node.name).text, node };
}

/** A name that is used as a member. */
function named(node: ts.MemberName): Taken {
  return { name: node.text, node };
}
