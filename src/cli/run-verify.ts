import type { Check, VerifyOptions } from "../verify/check.js";
import { type Verification, verify } from "../verify/verify.js";
import type { Context } from "./context.js";
import { deployedCatalog } from "./deployed-catalog.js";
import type { Bar, Progress } from "./progress.js";
import { type WaitingBuckets, waitingBuckets } from "./waiting-buckets.js";

/** Runs the checks against what is deployed; throws when the specs say something else. */
export async function runVerify(
  context: Context,
  checks: readonly Check[],
  options: VerifyOptions,
  progress: Progress,
): Promise<Verification & { readonly waiting: readonly WaitingBuckets[] }> {
  const { catalog } = await deployedCatalog(context);
  let bar: { readonly check: string; readonly bar: Bar } | undefined;
  const verification = await verify({
    engine: context.engine,
    specs: context.specs,
    catalog,
    checks,
    options,
    onProgress: (check, done, total) => {
      if (bar?.check !== check) {
        bar?.bar.stop();
        bar = { check, bar: progress.bar(check, total) };
      }
      bar.bar.update(done);
    },
  });
  bar?.bar.stop();
  return { ...verification, waiting: await waitingBuckets(context, catalog.clocks) };
}
