/** An evaluation as one HTML file that needs nothing else: no script, no font, no link. */
import type { EvaluateRequest, EvaluateResult } from "./evaluate-file.js";
import type { Metrics } from "./evaluate-rows.js";
import { timeBars, timeLine, unitSquare } from "./plots.js";

const style = `
:root{color-scheme:light dark;--page:#fff;--plot:#fafafa;--ink:#222;--soft:#666;--faint:#ddd;--line:#999;--data:#2563eb}
@media (prefers-color-scheme:dark){:root{--page:#16181d;--plot:#1d2026;--ink:#e4e6eb;--soft:#a0a6b1;--faint:#343841;--line:#6b7280;--data:#6ea8fe}}
body{font:14px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;padding:0 1em;color:var(--ink);background:var(--page)}
h1{font-size:1.5em;overflow-wrap:anywhere}h2{margin-top:2em}
table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .8em;border-bottom:1px solid var(--faint);text-align:left}
.number{text-align:right;font-variant-numeric:tabular-nums}
svg{width:100%;height:auto;background:var(--plot);border:1px solid var(--faint)}
svg text{font:11px system-ui,sans-serif}.tick{fill:var(--soft)}.name{fill:var(--ink)}
.grid{stroke:var(--faint)}.zero{stroke:var(--line)}.line{fill:none;stroke:var(--data);stroke-width:1.5}.bar{fill:var(--data)}`;

export function reportHtml(request: EvaluateRequest, result: EvaluateResult): string {
  const { metrics, intervals } = result;
  const title = `${request.prediction} against ${request.label}`;
  const interval = (name: string): string => {
    const found = name === "ic" || name === "rankIc" || name === "sharpe" ? intervals[name] : null;
    return found === null ? "" : `${number(found.low)} to ${number(found.high)}`;
  };
  const rows = (Object.entries(metrics) as [keyof Metrics, number | null][]).map(
    ([name, value]) => `<tr><td>${words[name]}</td>${cell(number(value))}${cell(interval(name))}</tr>`,
  );
  const groups = result.groups.map(
    ({ group, metrics: one }) =>
      `<tr><td>${escaped(group)}</td>${[one.rows, one.ic, one.rankIc, one.brier, one.sharpe, one.turnover].map((value) => cell(number(value))).join("")}</tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width"><style>${style}</style>
</head><body>
<h1>${escaped(title)}</h1>
<p>${escaped(request.path)}: ${result.rowsRead} rows, ${result.rowsSkipped} of them without a time, prediction or label. Up to ${result.overlap} labels run at one time; intervals hold ${100 * request.level} % of ${request.samples} samples of blocks of ${result.block} rows (seed ${request.seed}). Costs are ${request.cost * 1e4} bps of what changes hands.</p>
<h2>Metrics</h2><table><tr><th>metric</th><th class="number">value</th><th class="number">${100 * request.level} % interval</th></tr>${rows.join("")}</table>
<h2>Summed return after costs</h2>${timeLine(
    result.equity.map(({ time, pnl }) => [time, 1e4 * pnl]),
    "summed return, bps",
  )}
<h2>Information coefficient by period</h2>${timeBars(
    result.periods.map(({ from, ic, rows: count }) => ({
      from,
      value: ic,
      title: `${new Date(from).toISOString().slice(0, 19)}: ${number(ic)} of ${count} rows`,
    })),
    "IC",
  )}
<p>Periods of fewer than three rows have none: of two rows it is 1 or −1, whatever was predicted.</p>
${result.calibration.length === 0 ? "" : `<h2>Calibration</h2>${reliability(result)}<p>On the line what was said came as often. A point's area is its share of the rows.</p>`}
${groups.length === 0 ? "" : `<h2>Groups</h2><table><tr><th>${escaped(request.groupBy ?? "group")}</th>${["rows", "IC", "rank IC", "Brier", "Sharpe by bar", "turnover"].map((name) => `<th class="number">${name}</th>`).join("")}</tr>${groups.join("")}</table>`}
</body></html>
`;
}

const words: Readonly<Record<keyof Metrics, string>> = {
  rows: "rows",
  ic: "IC (Pearson)",
  rankIc: "rank IC",
  icMean: "mean IC by period",
  icIr: "IC_IR",
  brier: "Brier score",
  ece: "expected calibration error",
  aucPr: "area under precision and recall",
  sharpe: "Sharpe ratio by bar",
  sharpeAnnual: "Sharpe ratio by year",
  psr: "probability that Sharpe is above 0",
  maxDrawdown: "largest drawdown",
  turnover: "turnover by row",
  meanPnl: "mean return by bar, after costs",
  psi: "PSI against the reference",
  ks: "KS against the reference",
};

function number(value: number | null): string {
  if (value === null) return "–";
  return Number.isInteger(value) ? String(value) : value.toPrecision(5);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const cell = (text: string): string => `<td class="number">${text}</td>`;

function reliability({ calibration }: EvaluateResult): string {
  const most = Math.max(...calibration.map(({ count }) => count));
  return unitSquare(
    calibration.map(({ meanProbability, share, count }) => ({
      at: [meanProbability, share],
      weight: count / most,
      title: `${number(meanProbability)} said, ${number(share)} came, ${count} rows`,
    })),
    { x: "probability that was said", y: "share that came" },
  );
}
