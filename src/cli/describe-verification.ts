import type { Finding } from "../verify/check.js";
import type { Verification } from "../verify/verify.js";
import { countText, plural } from "./count-text.js";
import { renderTable } from "./render-table.js";

const shownFindings = 10;
const shownColumns = 4;

/** A table of the checks, then what they found. */
export function describeVerification({ buckets, checks }: Verification): string {
  const table = renderTable(
    ["check", "result", "checked", "failed", "not recomputable"],
    checks.map(({ check, ok, checked, failed, notRecomputable }) => [
      check,
      ok ? "ok" : failed > 0 ? "FAILED" : "not green",
      countText(checked),
      countText(failed),
      countText(notRecomputable),
    ]),
  );
  const findings = checks.flatMap(({ check, failed, findings: found }) => {
    if (failed === 0) return [];
    const more = failed - Math.min(found.length, shownFindings);
    return [
      `\n${check}:`,
      ...found.slice(0, shownFindings).flatMap(describeFinding),
      ...(more > 0 ? [`  … and ${countText(more)} more; --json lists up to 50`] : []),
    ];
  });
  const lines = findings.length === 0 ? "" : `${findings.join("\n")}\n`;
  return `${plural(buckets, "bucket")} sampled.\n\n${table}${lines}`;
}

function describeFinding({ object, instrument, bucketId, message, columns = [] }: Finding): string[] {
  const place = bucketId === null ? "" : `, bucket ${bucketId}`;
  const shown = columns
    .slice(0, shownColumns)
    .map(
      ({ column, expected, found }) => `    ${column}: ${found ?? "NULL"}, expected ${expected ?? "NULL"}`,
    );
  const more =
    columns.length > shownColumns ? [`    … and ${columns.length - shownColumns} more columns`] : [];
  return [`  ${object}, ${instrument}${place}: ${message}`, ...shown, ...more];
}
