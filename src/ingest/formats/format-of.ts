import { binanceArchive } from "./binance-archive.js";
import { csv } from "./csv.js";
import type { Format, FormatName } from "./format.js";
import { ndjson } from "./ndjson.js";
import { parquet } from "./parquet.js";
import { tardis } from "./tardis.js";

const formats: Readonly<Record<FormatName, Format>> = {
  "binance-archive": binanceArchive,
  tardis,
  csv,
  ndjson,
  parquet,
};

export function formatOf(name: FormatName): Format {
  return formats[name];
}
