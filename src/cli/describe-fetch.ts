import type { FetchSummary } from "../fetch/fetch-summary.js";
import { countText } from "./count-text.js";
import { renderTable } from "./render-table.js";

/** What a fetch wrote, for people. */
export function describeFetch({
  out,
  manifest,
  rows,
  excluded,
  vectors,
  nullShares,
  seconds,
}: FetchSummary): string {
  const matches = vectors.map(({ vector, matched, missing, stale }) => {
    const without =
      missing + stale === 0
        ? ""
        : `; ${countText(missing)} before anything was known, ${countText(stale)} too old`;
    return vectors.length === 1
      ? `${countText(matched)} with features${without}.`
      : `${countText(matched)} with features of ${vector}${without}.`;
  });
  const left = excluded === 0 ? "" : ` ${countText(excluded)} left out because of outages.`;
  const shares = Object.entries(nullShares).filter(([, share]) => share > 0);
  const table = renderTable(
    ["feature", "NULL"],
    shares.map(([name, share]) => [name, `${(100 * share).toFixed(2)} %`]),
  );
  return (
    `Wrote ${countText(rows)} rows to ${out.path} (${out.format}, ${seconds.toFixed(1)} s): ` +
    `${matches.join("\n  ")}${left}\nWhat it is made of: ${manifest}\n${shares.length === 0 ? "" : `\n${table}`}`
  );
}
