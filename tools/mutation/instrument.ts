/**
 * All mutants of a file in one text: at every place that has some, the program
 * asks which mutant it is to be. So a file is loaded once for all of them.
 *
 * @module
 */

import ts from "npm:typescript@5.9.3";
import { describeChange, type Mutant } from "./mutant.ts";
import { expressionChanges } from "./operators.ts";

/** A file with all of its mutants. */
export interface Instrumented {
  /** The program. It is the given one until `__mutant` names a mutant. */
  readonly text: string;
  /** The mutants, by place. */
  readonly mutants: readonly Mutant[];
}

/** How a place asks. In a program without mutants it is no mutant. */
function asks(id: number): string {
  return `globalThis.__mutant?.(${id})`;
}

/** Whether there is nothing that runs in a node. */
function isSilent(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) ||
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node);
}

/** Whether a statement can be left out, and the program still be one. */
function canGo(node: ts.Node): boolean {
  if (ts.isThrowStatement(node) || ts.isContinueStatement(node)) return true;
  if (!ts.isExpressionStatement(node)) return false;
  const { expression } = node;
  return !ts.isStringLiteralLike(expression) &&
    !(ts.isCallExpression(expression) &&
      expression.expression.kind === ts.SyntaxKind.SuperKeyword);
}

/** Whether a block is all that a function does. */
function isBody(node: ts.Node): node is ts.Block {
  return ts.isBlock(node) && node.statements.length > 0 &&
    ts.isFunctionLike(node.parent) && !ts.isConstructorDeclaration(node.parent);
}

class Instrumentation {
  readonly mutants: Mutant[] = [];
  readonly #source: ts.SourceFile;
  readonly #lines: readonly string[];
  readonly #first: number;

  constructor(source: ts.SourceFile, first: number) {
    this.#source = source;
    this.#lines = source.text.split("\n");
    this.#first = first;
  }

  #add(node: ts.Node, before: string, after: string): number {
    const { line } = this.#source.getLineAndCharacterOfPosition(
      node.getStart(),
    );
    const id = this.#first + this.mutants.length;
    this.mutants.push({
      id,
      file: this.#source.fileName,
      line: line + 1,
      text: (this.#lines[line] ?? "").trim(),
      change: describeChange(before, after),
    });
    return id;
  }

  /** The whole program, comments and all. */
  program(): string {
    const { text } = this.#source;
    return text.slice(0, this.#source.getStart()) + this.#inside(this.#source);
  }

  /** The code of a node with the mutants of all that is in it. */
  #render(node: ts.Node): string {
    if (isSilent(node)) return node.getText();
    const code = node.getText();
    if (canGo(node)) {
      const id = this.#add(node, code, "nothing");
      // In braces: an else that follows belongs to another if.
      return `{ if (!${asks(id)}) ${this.#inside(node)} }`;
    }
    if (isBody(node)) {
      const id = this.#add(node, "{", "{ return;");
      return `{ if (${asks(id)}) return; ${this.#inside(node).slice(1)}`;
    }
    const choices = expressionChanges(node).map((after) => {
      return `${asks(this.#add(node, code, after))} ? (${after}) : `;
    });
    const inside = this.#inside(node);
    return choices.length === 0 ? inside : `(${choices.join("")}${inside})`;
  }

  #inside(node: ts.Node): string {
    let code = "";
    let at = node.getStart();
    node.forEachChild((child) => {
      if (child.getStart() < at) return;
      code += this.#source.text.slice(at, child.getStart()) +
        this.#render(child);
      at = child.end;
    });
    return code + this.#source.text.slice(at, node.end);
  }
}

/**
 * Puts all mutants of a file into it.
 *
 * @param file The name of the file, as it shall stand in the mutants.
 * @param code What is in it.
 * @param first The number of its first mutant.
 * @returns The program that can become each of them.
 *
 * @example
 * ```ts
 * const { mutants } = instrument("a.ts", "export const isOdd = (n: number) => n % 2 === 1;");
 * ```
 */
export function instrument(
  file: string,
  code: string,
  first = 0,
): Instrumented {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const instrumentation = new Instrumentation(source, first);
  return {
    text: instrumentation.program(),
    mutants: instrumentation.mutants,
  };
}
