import ts from "typescript";

/** The storage that a call wraps: the `storage` of its options. */
export function wrappedBy(call: ts.CallExpression): ts.Expression | undefined {
  const [options] = call.arguments;
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return undefined;
  const member = options.properties.find(({ name }) => name?.getText() === "storage");
  if (member === undefined) return undefined;
  if (ts.isPropertyAssignment(member)) return member.initializer;
  return ts.isShorthandPropertyAssignment(member) ? member.name : undefined;
}

/** The elements of `[A, B].forEach(…)`. */
export function eachOf({ expression }: ts.CallExpression): readonly ts.Expression[] | undefined {
  return ts.isPropertyAccessExpression(expression) &&
    ts.isArrayLiteralExpression(expression.expression)
    ? expression.expression.elements
    : undefined;
}

/** A statement that is `await import(…).then((module) => …)` whole, and what is called in it. */
export function loadingStatement(
  start: ts.Node,
): { readonly statement: ts.Statement; readonly calls: readonly ts.Node[] } | undefined {
  const then = start.parent.parent;
  if (!ts.isPropertyAccessExpression(start.parent) || !ts.isCallExpression(then)) return undefined;
  const [callback] = then.arguments;
  if (callback === undefined || !ts.isArrowFunction(callback)) return undefined;
  const outer =
    ts.isAwaitExpression(then.parent) || ts.isVoidExpression(then.parent) ? then.parent : then;
  if (!ts.isExpressionStatement(outer.parent)) return undefined;
  const { body } = callback;
  if (!ts.isBlock(body)) return { statement: outer.parent, calls: [body] };
  const calls = body.statements.map((one) =>
    ts.isExpressionStatement(one) ? one.expression : one,
  );
  return { statement: outer.parent, calls };
}
