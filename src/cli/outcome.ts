import type { FeatureError } from "../errors.js";

/** What a command came to. The shell prints it: one JSON document with --json, else the text. */
export interface Outcome {
  /** The fields of the JSON document beside `schema` and `ok`; an array is printed bare (only `feature sql`). */
  readonly result: object;
  /** What people read on stdout; only called when it is printed. */
  readonly text: () => string;
  /** What people should look at although it worked; printed on stderr, and part of `result` where scripts need it. */
  readonly warnings?: readonly string[];
  /** Findings beside a result: they make `ok` false, and the first one sets the exit status. */
  readonly errors?: readonly FeatureError[];
  /** Exit status without errors; 0 when not given. */
  readonly exit?: number;
}
