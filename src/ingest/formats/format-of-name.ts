import { readArchiveName } from "./archive-name.js";
import type { FormatName } from "./format.js";
import { typeOfPath } from "./tardis-layout.js";

/** The format that a file's name or its folders tell, of those that give files names of their own; undefined for others. */
export function formatOfName(path: string): FormatName | undefined {
  if (!/\.(zip|csv)(\.gz)?$/.test(path)) return undefined;
  if (readArchiveName(path).kind !== undefined) return "binance-archive";
  return typeOfPath(path) === undefined ? undefined : "tardis";
}
