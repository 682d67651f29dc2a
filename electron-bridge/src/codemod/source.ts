import { extname } from "node:path";
import ts from "typescript";

/** A parsed file, and what its names stand for. */
export interface Source {
  readonly file: ts.SourceFile;
  /** The other places where a declared name is used; one that is shadowed there is another's. */
  readonly uses: (name: ts.Identifier) => readonly ts.Identifier[];
}

/** Why a file cannot be parsed; `position` is an offset into its text. */
export interface SyntaxFault {
  readonly position: number;
  readonly message: string;
}

/**
 * Parse one file on its own: no other file is read, and no type is known.
 *
 * @param path Tells the language by its extension.
 */
export function parse(path: string, text: string): Source | SyntaxFault {
  const name = `/file${extname(path)}`;
  const options: ts.CompilerOptions = {
    allowJs: true,
    jsx: ts.JsxEmit.Preserve,
    module: ts.ModuleKind.ESNext,
    noLib: true,
    noResolve: true,
    target: ts.ScriptTarget.Latest,
    types: [],
  };
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const program = ts.createProgram([name], options, {
    fileExists: (path) => path === name,
    getCanonicalFileName: (path) => path,
    getCurrentDirectory: () => "/",
    getDefaultLibFileName: () => "",
    getNewLine: () => "\n",
    getSourceFile: (path) => (path === name ? file : undefined),
    readFile: () => undefined,
    useCaseSensitiveFileNames: () => true,
    writeFile: () => {},
  });
  const [fault] = program.getSyntacticDiagnostics(file);
  if (fault !== undefined) {
    return {
      position: fault.start ?? 0,
      message: ts.flattenDiagnosticMessageText(fault.messageText, " "),
    };
  }

  const checker = program.getTypeChecker();
  const named = new Map<string, ts.Identifier[]>();
  for (const node of nodesOf(file)) {
    if (!ts.isIdentifier(node)) continue;
    const same = named.get(node.text);
    if (same === undefined) named.set(node.text, [node]);
    else same.push(node);
  }
  return {
    file,
    uses: (name) => {
      const symbol = checker.getSymbolAtLocation(name);
      const all = named.get(name.text) ?? [];
      return all.filter((other) => other !== name && variableOf(checker, other) === symbol);
    },
  };
}

/** List a node and all below it, from the top. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes = [node];
  for (const each of nodes) ts.forEachChild(each, (child) => void nodes.push(child));
  return nodes;
}

/** `{ storage }` and `export { storage }` name a member as well; what is wanted is the variable. */
function variableOf(checker: ts.TypeChecker, name: ts.Identifier): ts.Symbol | undefined {
  if (ts.isShorthandPropertyAssignment(name.parent)) {
    return checker.getShorthandAssignmentValueSymbol(name.parent);
  }
  if (ts.isExportSpecifier(name.parent)) {
    return checker.getExportSpecifierLocalTargetSymbol(name.parent);
  }
  return checker.getSymbolAtLocation(name);
}
