import { FeatureError } from "../../errors.js";
import { parseDuration } from "../../spec/duration.js";
import type { Check } from "../../verify/check.js";
import { expectations } from "../../verify/expect.js";
import { parity } from "../../verify/parity.js";
import { verify } from "../../verify/verify.js";
import type { HandlerCall } from "../handler.js";

const sampled = 10;
const day = 86_400_000;

/** `verify.expect`: what the views expect, over the look-back (all that is stored, without one). */
export function verifyExpectations(call: HandlerCall): Promise<string> {
  return run(call, expectations);
}

/** `verify.parity`: sampled buckets of the look-back, others each day. */
export function verifyParity(call: HandlerCall): Promise<string> {
  return run(call, parity);
}

async function run({ context, with: values, signal }: HandlerCall, check: Check): Promise<string> {
  const { engine, specs, catalog, now } = context;
  signal.throwIfAborted();
  const lookBack = values.look_back === undefined ? undefined : parseDuration(String(values.look_back));
  const verification = await verify({
    engine,
    specs,
    catalog,
    checks: [check],
    options: {
      sample: typeof values.sample === "number" ? values.sample : sampled,
      seed: Math.floor(now() / day),
      from: lookBack === undefined ? undefined : now() - lookBack,
      to: undefined,
      instruments: undefined,
    },
    onProgress: () => signal.throwIfAborted(),
  }).catch((error: unknown) => {
    // A quiet day is nothing to alarm anybody about; `feature status` tells how fresh the data is.
    if (error instanceof FeatureError && error.code === "FS_VERIFY_NOTHING") return undefined;
    throw error;
  });
  if (verification === undefined) return "no bucket was closed in the look-back";
  const [result] = verification.checks;
  if (result === undefined) throw new FeatureError("FS_INTERNAL", `${check.name} gave no result`);
  if (result.failed > 0) {
    const [first] = result.findings;
    const words = first === undefined ? "" : `: ${first.object}, ${first.instrument}: ${first.message}`;
    throw new FeatureError("FS_VERIFY_FAILED", `${result.failed} findings${words}`, { object: check.name });
  }
  if (!result.ok) {
    throw new FeatureError("FS_VERIFY_NOT_RECOMPUTABLE", `${result.notRecomputable} rows`, {
      object: check.name,
    });
  }
  return `${result.checked} checked`;
}
