/**
 * What a rule is: data about one requirement of SPEC.md, and its check.
 *
 * @module
 */

/** How grave a violation is. Only an error is thrown. */
export type Severity = "error" | "warning";

/** Who broke a rule. */
export type Blame = "application" | "server" | "middleware";

/**
 * How much is checked: `core` is PEP 3333, `http` adds what HTTP demands of a
 * response, `paranoid` adds what is expensive to find out or often harmless.
 */
export type Profile = "core" | "http" | "paranoid";

/**
 * What a check has found: nothing, or what there was instead of what the rule's
 * title demands. It completes the sentence "… must be …, got …". A finding may
 * bring a hint of its own, for a slip that is well known.
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
  /** A stable name: the subject, a slash, what is demanded. */
  readonly id: `${string}/${string}`;
  /** How grave a violation is, unless the user's options say otherwise. */
  readonly severity: Severity;
  /**
   * Who breaks this rule, where nothing stands between server and application.
   * `"middleware"` is for what only something in between can break.
   */
  readonly blame: Blame;
  /** The least profile that has this rule. */
  readonly profile: Profile;
  /** The anchor of the requirement in SPEC.md. */
  readonly spec: string;
  /** Further requirements that it looks after; a finding says which it is. */
  readonly alsoSpec?: readonly string[];
  /** The requirement in one sentence: "Status must be a string". */
  readonly title: string;
  /** What goes wrong where the rule is broken. */
  readonly why: string;
  /** How to fix it. */
  readonly hint: string;
  /**
   * Rules that are inevitably broken too where this one is: once this one has
   * been reported, they say nothing new of the request.
   */
  readonly covers?: readonly `${string}/${string}`[];
  /**
   * Looks at what was read of the program's values, each of them once.
   *
   * @param view What there is to look at.
   * @returns Nothing if all is well. Words are made only otherwise.
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
   * Its check. Rules come in many shapes and these objects in one, which makes
   * a loop over them twice as fast.
   */
  readonly check: (view: View) => Finding;
}

/** What the user may say of a rule. */
export type RuleSetting = Severity | "off";

const PROFILES: readonly Profile[] = ["core", "http", "paranoid"];

/**
 * Checks whether a profile includes another one.
 *
 * @param profile The profile in force.
 * @param least The least profile that a rule asks for.
 * @returns Whether the rule is on.
 */
export function includesProfile(profile: Profile, least: Profile): boolean {
  return PROFILES.indexOf(profile) >= PROFILES.indexOf(least);
}

/**
 * Checks whether a value is a profile.
 *
 * @param value What the user gave.
 * @returns Whether it is one.
 */
export function isProfile(value: unknown): value is Profile {
  return (PROFILES as readonly unknown[]).includes(value);
}

/**
 * What a program was about to do when a rule stopped it: the first words of a
 * message, by the subject of the rule.
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
 * Gives the first words of the messages of a rule.
 *
 * @param id The id of the rule.
 * @returns What could not be done.
 */
export function actionOf(id: string): string {
  return ACTIONS[id.slice(0, id.indexOf("/"))] ?? "Cannot go on";
}
