import type { CutterParams } from "../../clock/cutter.js";
import { FeatureError } from "../../errors.js";
import type { Clock } from "../../spec/model.js";

/** The mode of a clock whose buckets have a size; wall-clock periods have none. */
export function sizedMode({ name, mode }: Clock): CutterParams["mode"] {
  if (mode !== "time") return mode;
  throw new FeatureError("FS_BUCKETS_NO_SIZE", `clock ${name} is cut by the wall clock and has no size`, {
    object: name,
  });
}
