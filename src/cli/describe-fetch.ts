import type { FetchSummary } from "../fetch/fetch-summary.js";
import { countText } from "./count-text.js";
import { renderTable } from "./render-table.js";

/** What a fetch wrote, for people. */
export function describeFetch({
  out,
  rows,
  matched,
  missing,
  stale,
  nullShares,
  seconds,
}: FetchSummary): string {
  const without =
    missing + stale === 0
      ? ""
      : `; ${countText(missing)} before anything was known, ${countText(stale)} too old`;
  const shares = Object.entries(nullShares).filter(([, share]) => share > 0);
  const table = renderTable(
    ["feature", "NULL"],
    shares.map(([name, share]) => [name, `${(100 * share).toFixed(2)} %`]),
  );
  return (
    `Wrote ${countText(rows)} rows to ${out.path} (${out.format}, ${seconds.toFixed(1)} s): ` +
    `${countText(matched)} with features${without}.\n${shares.length === 0 ? "" : `\n${table}`}`
  );
}
