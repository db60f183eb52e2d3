/**
 * The changes that can be made to an expression, each of them a mistake that a
 * person could make.
 *
 * @module
 */

import ts from "npm:typescript@5.9.3";

const SWAPS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AsteriskToken, "/"],
]);

function isText(node: ts.Node): boolean {
  if (ts.isParenthesizedExpression(node)) return isText(node.expression);
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ||
    ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
      (isText(node.left) || isText(node.right));
}

function isEquality({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsEqualsToken;
}

function binaryChanges(node: ts.BinaryExpression): string[] {
  const left = node.left.getText();
  const { kind } = node.operatorToken;
  if (kind === ts.SyntaxKind.QuestionQuestionToken) return [left];
  const swap = SWAPS.get(kind);
  // Text is put together by + too, and minus would break it for certain.
  if (swap === undefined || isText(node)) return [];
  // Of a whole condition "true" and "false" say the same, each more of it.
  if (isEquality(node) && isCondition(node)) return [];
  return [`(${left}) ${swap} (${node.right.getText()})`];
}

/** Whether a literal is what a table at the level of the module says. */
function isInTable(node: ts.Node): boolean {
  let at = node.parent;
  if (!ts.isPropertyAssignment(at)) return false;
  for (; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at)) return false;
  }
  return true;
}

function stringChanges(node: ts.StringLiteralLike): string[] {
  // With a space in it, it is a message; in a table, what a page shows.
  if (/\s/.test(node.text) || isInTable(node)) return [];
  return node.text === "" ? ['"?"'] : ['""'];
}

function regexChanges(text: string): string[] {
  const end = text.lastIndexOf("/");
  const [body, flags] = [text.slice(1, end), text.slice(end + 1)];
  const changed: string[] = [];
  if (/^\^./.test(body)) changed.push(body.slice(1));
  if (/[^\\]\$$/.test(body)) changed.push(body.slice(0, -1));
  return changed.map((body) => `/${body}/${flags}`);
}

/** Whether an expression decides which way a program takes. */
function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  return (ts.isIfStatement(parent) || ts.isWhileStatement(parent) ||
        ts.isDoStatement(parent)) && parent.expression === node ||
    (ts.isConditionalExpression(parent) || ts.isForStatement(parent)) &&
      parent.condition === node;
}

function conditionChanges(node: ts.Node): string[] {
  if (!isCondition(node)) return [];
  // A loop without an end says nothing about the tests.
  return ts.isIterationStatement(node.parent, false)
    ? ["false"]
    : ["true", "false"];
}

/** Whether this is a whole chain with `?.`, no link of a longer one. */
function isWholeChain(node: ts.Node): boolean {
  if (!ts.isOptionalChain(node)) return false;
  const { parent } = node;
  return !(ts.isOptionalChain(parent) && parent.expression === node) &&
    !ts.isDeleteExpression(parent);
}

/** The chain without each of its `?.` in turn. */
function chainChanges(chain: ts.Node): string[] {
  const changed: string[] = [];
  const text = chain.getText();
  let link: ts.Node = chain;
  while (ts.isOptionalChain(link)) {
    const token = ts.isNonNullChain(link) ? undefined : link.questionDotToken;
    if (token !== undefined) {
      const at = token.getStart() - chain.getStart();
      const isProperty = ts.isPropertyAccessExpression(link);
      changed.push(
        text.slice(0, at) + (isProperty ? "." : "") + text.slice(at + 2),
      );
    }
    link = link.expression;
  }
  return changed;
}

function numberChanges(node: ts.NumericLiteral): string[] {
  const { parent } = node;
  // `(bits & BIT) === 1` is no mistake that anybody makes.
  if (ts.isBinaryExpression(parent) && isEquality(parent)) {
    if (ts.isParenthesizedExpression(parent.left)) return [];
  }
  return [`${Number(node.text) + 1}`];
}

function ownChanges(node: ts.Node): string[] {
  if (ts.isBinaryExpression(node)) return binaryChanges(node);
  if (ts.isStringLiteralLike(node)) return stringChanges(node);
  if (ts.isNumericLiteral(node)) return numberChanges(node);
  if (ts.isRegularExpressionLiteral(node)) return regexChanges(node.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return ["false"];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return ["true"];
  if (isWholeChain(node)) return chainChanges(node);
  return ts.isPrefixUnaryExpression(node) &&
      node.operator === ts.SyntaxKind.ExclamationToken
    ? [node.operand.getText()]
    : [];
}

/** Whether a literal is a name or an address and no value. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyName(node) && "name" in parent && parent.name === node) {
    return true;
  }
  return ts.isExpressionStatement(parent) || ts.isImportTypeNode(parent) ||
    ts.isCallExpression(parent) &&
      parent.expression.kind === ts.SyntaxKind.ImportKeyword ||
    ts.isTaggedTemplateExpression(parent);
}

/**
 * Lists what could stand in the place of an expression.
 *
 * @param node A node of the program.
 * @returns The code of each change; none if it is no expression that has any.
 */
export function expressionChanges(node: ts.Node): string[] {
  if (ts.isLiteralExpression(node) && isName(node)) return [];
  const changed = [...ownChanges(node), ...conditionChanges(node)];
  if (ts.isArrowFunction(node.parent) && node.parent.body === node) {
    if (!ts.isBlock(node)) changed.push("undefined");
  }
  return [...new Set(changed)].filter((text) => text !== node.getText());
}
