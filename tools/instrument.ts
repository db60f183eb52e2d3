/**
 * All mutants of a file in one text: at each place that has some, the program
 * asks which mutant it is. So a copy of a project is made once for all of them.
 *
 * @module
 */

import ts from "npm:typescript@5.9.3";

/** One change at one place of a file, such as `"a === b → a !== b"`. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly change: string;
}

/** Reads from the environment which mutant to be, and where to list places. */
export const PROLOGUE: string = `globalThis.__mutant ??= (() => {
  const { MUTANT, MUTANT_PLACES: file } = (() => {
    try { return Deno.env.toObject(); } catch { return {}; }
  })();
  const seen = new Set();
  return (id) => {
    if (file && seen.size < seen.add(id).size) {
      Deno.writeTextFileSync(file, id + "\\n", { append: true });
    }
    return MUTANT === String(id);
  };
})();
`;

const SWAPS = " === !== === < <= < > >= > && || && + - + * /".split(" ");

/** Whether an expression decides which way a program takes. */
function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  return (ts.isIfStatement(parent) || ts.isWhileStatement(parent) ||
        ts.isDoStatement(parent)) && parent.expression === node ||
    (ts.isConditionalExpression(parent) || ts.isForStatement(parent)) &&
      parent.condition === node;
}

function binaryChanges(node: ts.BinaryExpression): string[] {
  const operator = node.operatorToken.getText();
  const [left, right] = [node.left.getText(), node.right.getText()];
  if (operator === "??") return [left];
  const swap = SWAPS[SWAPS.indexOf(operator) + 1];
  // Text is joined by + too. A condition is changed as a whole.
  const isText = operator === "+" && /["`]/.test(left + right);
  const isWhole = operator.endsWith("==") && isCondition(node);
  return !swap || isText || isWhole ? [] : [`(${left}) ${swap} (${right})`];
}

/** Whether a literal is a name, an address, or an entry of a table. */
function isFixed(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && ts.isStringLiteralLike(node)) {
    if (!ts.findAncestor(parent, ts.isFunctionLike)) return true;
  }
  return "name" in parent && parent.name === node ||
    ts.isExpressionStatement(parent) || ts.isTaggedTemplateExpression(parent) ||
    parent.getText().startsWith("import(");
}

function ownChanges(node: ts.Node): string[] {
  const text = node.getText();
  if (ts.isBinaryExpression(node)) return binaryChanges(node);
  // With a space in it, it is a message.
  if (ts.isStringLiteralLike(node)) {
    return /\s/.test(node.text) ? [] : [node.text === "" ? '"?"' : '""'];
  }
  if (ts.isNumericLiteral(node)) return [`${Number(node.text) + 1}`];
  if (ts.isRegularExpressionLiteral(node)) {
    return [text.replace(/^\/\^/, "/"), text.replace(/\$(\/\w*)$/, "$1")];
  }
  if (text === "true" || text === "false") return [String(text === "false")];
  if (ts.isOptionalChain(node)) {
    // The whole chain without each of its `?.` in turn.
    const { parent } = node;
    if (ts.isOptionalChain(parent) && parent.expression === node) return [];
    return [...text.matchAll(/\?\.([[(]?)/g)].map(({ index, 1: bracket }) =>
      text.slice(0, index) + (bracket ? "" : ".") + text.slice(index + 2)
    );
  }
  return ts.isPrefixUnaryExpression(node) && text[0] === "!"
    ? [text.slice(1)]
    : [];
}

/** The code that could stand in the place of an expression. */
function changesOf(node: ts.Node): string[] {
  if (ts.isLiteralExpression(node) && isFixed(node)) return [];
  const changed = ownChanges(node);
  if (isCondition(node)) {
    // A loop without an end shows nothing about the tests.
    if (!ts.isIterationStatement(node.parent, false)) changed.push("true");
    changed.push("false");
  }
  if (ts.isArrowFunction(node.parent) && node.parent.body === node) {
    if (!ts.isBlock(node)) changed.push("undefined");
  }
  return [...new Set(changed)].filter((text) => text !== node.getText());
}

const isSilent = (node: ts.Node) =>
  ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) ||
  ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node);

/** Whether a statement can be left out, and the program still be one. */
function isRemovable(node: ts.Node): boolean {
  return ts.isThrowStatement(node) || ts.isContinueStatement(node) ||
    ts.isExpressionStatement(node) && !/^(?:super\(|["'])/.test(node.getText());
}

/** Puts all mutants of a file into its code; the first one has a number. */
export function instrument(
  file: string,
  code: string,
  first = 0,
): { text: string; mutants: Mutant[] } {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const clip = (code: string): string =>
    code.replaceAll(/\s+/g, " ").replace(/^(.{59}).{2,}$/, "$1…");
  const asks = (node: ts.Node, before: string, after: string): string => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    const id = first + mutants.length;
    const change = `${clip(before)} → ${clip(after)}`;
    mutants.push({ id, file, line: line + 1, change });
    return `globalThis.__mutant?.(${id})`;
  };
  const inside = (node: ts.Node): string => {
    let text = "";
    let at = node.getStart();
    node.forEachChild((child) => {
      if (child.getStart() < at) return;
      text += code.slice(at, child.getStart()) + render(child);
      at = child.end;
    });
    return text + code.slice(at, node.end);
  };
  const render = (node: ts.Node): string => {
    const text = node.getText();
    if (isSilent(node)) return text;
    // In braces: an else that follows belongs to another if.
    if (isRemovable(node)) {
      return `{ if (!${asks(node, text, "nothing")}) ${inside(node)} }`;
    }
    const isBody = ts.isBlock(node) && ts.isFunctionLike(node.parent);
    if (isBody && text !== "{}" && !ts.isConstructorDeclaration(node.parent)) {
      const id = asks(node, "{", "{ return;");
      return `{ if (${id}) return; ${inside(node).slice(1)}`;
    }
    const choices = changesOf(node).map((after) =>
      `${asks(node, text, after)} ? (${after}) : `
    );
    const rest = inside(node);
    return choices.length === 0 ? rest : `(${choices.join("")}${rest})`;
  };
  const text = code.slice(0, source.getStart()) + inside(source);
  return { text, mutants };
}
