import type { Check } from "../verify/check.js";

/** What models read and said, as the audit has it, against the stored rows and the models' files. */
export const served: Check = {
  name: "served",
  summary: "predictions of the audit, made again from stored rows",
  run: async ({ engine, project, options, onProgress }) => {
    // ONNX Runtime is loaded only when there is something to replay.
    const { verifyServed } = await import("../models/verify-served.js");
    const { from, to } = options;
    const result = await verifyServed({
      reader: engine,
      project,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    });
    onProgress("served", 1, 1);
    return result;
  },
};
