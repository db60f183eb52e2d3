/**
 * {@linkcode Rule}: data about one requirement of SPEC.md, and its check.
 *
 * @module
 */

/** The severity of a violation. Only errors are thrown. */
export type Severity = "error" | "warning";

/** Who broke a rule. */
export type Blame = "application" | "server" | "middleware";

/**
 * A selection of rules: `core` is PEP 3333, `http` adds what HTTP requires of a
 * response, `paranoid` adds checks that are slow or whose findings are often
 * harmless.
 */
export type Profile = "core" | "http" | "paranoid";

/**
 * The result of a check: `undefined`, or what was found instead of what the
 * title of the rule requires. It completes the sentence "… must be …, got …".
 * It can have a hint of its own for a common mistake.
 */
export type Finding =
  | undefined
  | string
  | {
    readonly got: string;
    readonly hint?: string;
    /** The requirement, if it is not that of the rule. */
    readonly spec?: string;
  };

/** One requirement that a program can check. */
export interface Rule<View> {
  /** A stable name: the subject, a slash, and the name of the check. */
  readonly id: `${string}/${string}`;
  /** The severity, unless the user's options change it. */
  readonly severity: Severity;
  /**
   * Who breaks this rule if there is no middleware. `"middleware"` is for rules
   * that only middleware can break.
   */
  readonly blame: Blame;
  /** The smallest profile that has this rule. */
  readonly profile: Profile;
  /** The anchor of the requirement in SPEC.md. */
  readonly spec: string;
  /** Other requirements that it checks. A finding names the broken one. */
  readonly alsoSpec?: readonly string[];
  /** The requirement in one sentence: "Status must be a string". */
  readonly title: string;
  /** The consequences of breaking the rule. */
  readonly why: string;
  /** How to fix it. */
  readonly hint: string;
  /**
   * Rules that are inevitably broken too if this one is. They are not reported
   * after it in the same request.
   */
  readonly covers?: readonly `${string}/${string}`[];
  /**
   * Whether the check depends only on which variables are present, not on their
   * values.
   */
  readonly isAboutPresence?: boolean;
  /**
   * Checks the values of the program, each of which was read once.
   *
   * @param view The values.
   * @returns `undefined` if the rule is kept, else the finding.
   */
  readonly check: (view: View) => Finding;
}

/** A rule as one layer applies it. */
export interface ActiveRule<View> {
  /** The rule. */
  readonly rule: Rule<View>;
  /** Its severity here. */
  readonly severity: Severity;
  /**
   * Its check. Rules have many hidden classes and these objects have one, which
   * makes a loop over them twice as fast.
   */
  readonly check: (view: View) => Finding;
}

/** The setting of a user for a rule. */
export type RuleSetting = Severity | "off";

const PROFILES: readonly Profile[] = ["core", "http", "paranoid"];

/**
 * Checks whether a profile includes another one.
 *
 * @param profile The profile in force.
 * @param least The smallest profile that has the rule.
 * @returns Whether the rule is on.
 */
export function includesProfile(profile: Profile, least: Profile): boolean {
  return PROFILES.indexOf(profile) >= PROFILES.indexOf(least);
}

/**
 * Checks whether a value is a profile.
 *
 * @param value The value.
 * @returns Whether it is one.
 */
export function isProfile(value: unknown): value is Profile {
  return (PROFILES as readonly unknown[]).includes(value);
}

/**
 * The first words of a message, by the subject of the rule: what the program
 * tried to do.
 */
const ACTIONS: Readonly<Record<string, string>> = {
  application: "Cannot call the application",
  environ: "Cannot call the application",
  "start-response": "Cannot start the response",
  status: "Cannot start the response",
  headers: "Cannot start the response",
  http: "Cannot send the response",
  body: "Cannot send the body",
  chunk: "Cannot send the body",
  write: "Cannot write",
  signal: "Cannot use the signal",
  "file-wrapper": "Cannot wrap the file",
  iteration: "Cannot iterate over the body",
  close: "Cannot close the body",
  input: "Cannot read the request body",
  errors: "Cannot write to wsgi.errors",
  middleware: "Cannot pass the response on",
};

/**
 * Returns the first words of the messages of a rule.
 *
 * @param id The id of the rule.
 */
export function actionOf(id: string): string {
  return ACTIONS[id.slice(0, id.indexOf("/"))] ?? "Cannot continue";
}
