import ts from "typescript";
import { type Edit, lineEnd, lineStart } from "./edits.ts";

/** Add to statements that go those that are left empty by it: an `if` whose condition does nothing else. */
export function withEmptied(gone: ReadonlySet<ts.Statement>): Set<ts.Statement> {
  const all = new Set(gone);
  for (const statement of all) {
    const branch = ts.isBlock(statement.parent) ? statement.parent : statement;
    const outer = branch.parent;
    if (
      ts.isIfStatement(outer) &&
      outer.elseStatement === undefined &&
      isPure(outer.expression) &&
      (branch === statement ||
        (ts.isBlock(branch) && branch.statements.every((one) => all.has(one))))
    ) {
      all.add(outer);
    }
  }
  return all;
}

/** Make the edit that takes a statement out, its lines with it where nothing else is on them. */
export function withoutStatement(statement: ts.Statement): Edit {
  const text = statement.getSourceFile().text;
  const start = statement.getStart();
  const { parent } = statement;
  const inList =
    ts.isSourceFile(parent) ||
    ts.isBlock(parent) ||
    ts.isModuleBlock(parent) ||
    ts.isCaseOrDefaultClause(parent);
  if (!inList) return { start, end: statement.end, text: "{}" };
  const first = lineStart(text, start);
  const last = lineEnd(text, statement.end);
  const alone =
    text.slice(first, start).trim() === "" &&
    /^\s*(\/\/.*|\/\*((?!\*\/).)*\*\/\s*)?$/.test(text.slice(statement.end, last));
  return alone ? { start: first, end: last, text: "" } : { start, end: statement.end, text: "" };
}

/** Widen edits that take lines out over a blank line that would be left beside another. */
export function withoutGaps(text: string, edits: readonly Edit[]): Edit[] {
  // Where one edit takes lines out up to where another writes some, it is the latter that counts.
  const ending = new Map(
    edits.toSorted((a, b) => a.text.length - b.text.length).map((edit) => [edit.end, edit]),
  );
  const above = (at: number): string => {
    const edit = ending.get(at);
    if (edit === undefined) return text.slice(lineStart(text, Math.max(0, at - 1)), at);
    return edit.text === "" ? above(edit.start) : edit.text;
  };
  return edits.map((edit) => {
    const takesLines =
      edit.text === "" && edit.start < edit.end && edit.start === lineStart(text, edit.start);
    const next = text.slice(edit.end, lineEnd(text, edit.end));
    const gap = takesLines && next !== "" && next.trim() === "" && above(edit.start).trim() === "";
    return gap ? { ...edit, end: edit.end + next.length } : edit;
  });
}

/** Whether reading a condition does nothing. */
function isPure(node: ts.Node): boolean {
  if (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.isDeleteExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isPostfixUnaryExpression(node) ||
    (ts.isPrefixUnaryExpression(node) && node.operator !== ts.SyntaxKind.ExclamationToken) ||
    (ts.isBinaryExpression(node) &&
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment)
  ) {
    return false;
  }
  return ts.forEachChild(node, (child) => !isPure(child) || undefined) === undefined;
}
