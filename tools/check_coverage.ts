/**
 * Which check of which validator is which rule of this one.
 *
 * @module
 */

/**
 * Makes the table of checks for the rule reference.
 *
 * @returns Markdown.
 */
export function coverageTable(): string {
  return "";
}
