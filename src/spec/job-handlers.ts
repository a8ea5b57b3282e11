/** The built-in handlers of jobs, and what their `with:` may say: checked with the specs, carried out in jobs/. */

export type ParameterKind = "clock" | "duration" | "boolean" | "count";

export const jobHandlers = {
  "buckets.calibrate": {
    clock: "clock",
    look_back: "duration",
    write: "boolean",
  },
  "microprice.fit": {
    clock: "clock",
    look_back: "duration",
    imbalances: "count",
    spreads: "count",
    iterations: "count",
  },
  "verify.expect": {
    look_back: "duration",
  },
  "verify.parity": {
    look_back: "duration",
    sample: "count",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ParameterKind>>>>;

export type JobHandlerName = keyof typeof jobHandlers;

export function isJobHandler(name: string): name is JobHandlerName {
  return Object.hasOwn(jobHandlers, name);
}
