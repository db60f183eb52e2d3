/**
 * What a row of the table of checks is.
 *
 * @module
 */

/**
 * What a validator does about a check: `E` fails on purpose, `W` warns, `X`
 * fails by accident, `~` looks at a part of it, `–` nothing; with two letters it
 * depends on the value. `n/a`: its interface has no such thing.
 */
export type Cell =
  | "E"
  | "E X"
  | "W"
  | "W E"
  | "W X"
  | "X"
  | "X E"
  | "~"
  | "–"
  | "n/a";

/** The cells of wsgiref, webtest, werkzeug, Rack and Plack, in this order. */
export type Others = readonly [Cell, Cell, Cell, Cell, Cell];

/** What has become of a check in this package. */
export type Ours =
  /** The rules that make it. */
  | { readonly rules: readonly string[] }
  /** Why only a test of a server can make it, which the kit does. */
  | { readonly kit: string }
  /** How the validator itself is made, which its own tests look at. */
  | { readonly itself: string }
  /** Why nobody makes it. */
  | { readonly leftOut: string };

/** One check. */
export interface Row {
  /** What is checked, in a few words. */
  readonly title: string;
  /** What the others do about it; left out where it is nothing. */
  readonly others?: Others;
  /** What this package does about it. */
  readonly ours: Ours;
}

/** Checks by their name. */
export type Rows = Readonly<Record<string, Row>>;

/** Checks of one subject. */
export interface Section {
  /** The subject. */
  readonly title: string;
  /** The checks. */
  readonly rows: Rows;
}
