import { engineErrorType } from "../../engine/failure.js";

/** What the engine says of files that are cut short or damaged. */
const damage =
  /ZLIB|CHECKSUM|DECOMPRESS|INCORRECT_DATA|READ_ALL_DATA|EOF|CORRUPTED|PARSE|UNEXPECTED|THRIFT|STD_EXCEPTION|UNKNOWN_FORMAT|TYPE_MISMATCH/;

/** Whether a load failed because of its file: the engine cannot read it, or it cannot be unpacked on its way to a server. */
export function isDamagedFile(error: unknown): boolean {
  if (damage.test(engineErrorType(error) ?? "")) return true;
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && /^Z_[A-Z]+_ERROR$/.test(at.code)) return true;
  }
  return false;
}
