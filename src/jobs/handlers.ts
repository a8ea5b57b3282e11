import type { JobHandlerName } from "../spec/job-handlers.js";
import type { JobHandler } from "./handler.js";
import { calibrateBuckets } from "./handlers/calibrate-buckets.js";
import { fitMicroprice } from "./handlers/fit-microprice.js";
import { verifyExpectations, verifyParity } from "./handlers/verify.js";

/** Every built-in handler, by the name that job files use. Their parameters are declared in spec/job-handlers.ts. */
export const handlers: Readonly<Record<JobHandlerName, JobHandler>> = {
  "buckets.calibrate": calibrateBuckets,
  "microprice.fit": fitMicroprice,
  "verify.expect": verifyExpectations,
  "verify.parity": verifyParity,
};
