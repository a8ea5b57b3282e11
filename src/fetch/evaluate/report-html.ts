/** An evaluation as one HTML file that needs nothing else: no script, no font, no link. */
import type { EvaluateRequest, EvaluateResult } from "./evaluate-file.js";
import type { Metrics } from "./evaluate-rows.js";

const width = 640;
const height = 220;
const margin = 36;

export function reportHtml(request: EvaluateRequest, result: EvaluateResult): string {
  const { metrics, intervals } = result;
  const title = `${request.prediction} against ${request.label}`;
  const interval = (name: string): string => {
    const found = name === "ic" || name === "rankIc" || name === "sharpe" ? intervals[name] : null;
    return found === null ? "" : `${number(found.low)} to ${number(found.high)}`;
  };
  const rows = (Object.entries(metrics) as [keyof Metrics, number | null][]).map(
    ([name, value]) => `<tr><td>${words[name]}</td><td>${number(value)}</td><td>${interval(name)}</td></tr>`,
  );
  const groups = result.groups.map(
    ({ group, metrics: one }) =>
      `<tr><td>${escaped(group)}</td>${[one.rows, one.ic, one.rankIc, one.brier, one.sharpe, one.turnover].map((value) => `<td>${number(value)}</td>`).join("")}</tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:14px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;padding:0 1em;color:#222}table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:left;font-variant-numeric:tabular-nums}svg{background:#fafafa;border:1px solid #ddd}h2{margin-top:2em}</style>
</head><body>
<h1>${escaped(title)}</h1>
<p>${escaped(request.path)}: ${result.rowsRead} rows, ${result.rowsSkipped} of them without a time, prediction or label. Up to ${result.overlap} labels run at one time; intervals hold ${100 * request.level} % of ${request.samples} samples of blocks of ${result.block} rows (seed ${request.seed}). Costs are ${request.cost * 1e4} bps of what changes hands.</p>
<h2>Metrics</h2><table><tr><th>metric</th><th>value</th><th>interval</th></tr>${rows.join("")}</table>
<h2>Summed return after costs</h2>${line(result.equity.map(({ time, pnl }) => [time, pnl]))}
<h2>Information coefficient by period</h2>${bars(result.periods.map(({ from, ic }) => [new Date(from).toISOString().slice(0, 16), ic]))}
${result.calibration.length === 0 ? "" : `<h2>Calibration</h2>${reliability(result)}`}
${groups.length === 0 ? "" : `<h2>Groups</h2><table><tr><th>${escaped(request.groupBy ?? "group")}</th><th>rows</th><th>IC</th><th>rank IC</th><th>Brier</th><th>Sharpe</th><th>turnover</th></tr>${groups.join("")}</table>`}
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
  meanPnl: "mean return by bar",
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

type Scale = (value: number) => number;

function scale(values: readonly number[], from: number, to: number): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

function line(points: readonly (readonly [number, number])[]): string {
  const x = scale(
    points.map(([time]) => time),
    margin,
    width - margin,
  );
  const ys = [0, ...points.map(([, value]) => value)];
  const y = scale(ys, height - margin, margin);
  const path = points.map(
    ([time, value], i) => `${i === 0 ? "M" : "L"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  return svg(
    `<line x1="${margin}" x2="${width - margin}" y1="${y(0)}" y2="${y(0)}" stroke="#bbb"/><path d="${path.join("")}" fill="none" stroke="#2563eb" stroke-width="1.5"/>${ends(Math.max(...ys), Math.min(...ys))}`,
  );
}

function bars(values: readonly (readonly [string, number | null])[]): string {
  const shown = values.slice(-120);
  const y = scale([0, ...shown.map(([, value]) => value ?? 0)], height - margin, margin);
  const step = (width - 2 * margin) / Math.max(shown.length, 1);
  const rects = shown.map(([name, value], i) => {
    const [top, bottom] = [Math.min(y(value ?? 0), y(0)), Math.max(y(value ?? 0), y(0))];
    return `<rect x="${(margin + i * step).toFixed(1)}" y="${top.toFixed(1)}" width="${Math.max(step - 1, 0.5).toFixed(1)}" height="${(bottom - top).toFixed(1)}" fill="#2563eb"><title>${escaped(name)}: ${number(value)}</title></rect>`;
  });
  const all = [0, ...shown.map(([, value]) => value ?? 0)];
  return svg(`${rects.join("")}${ends(Math.max(...all), Math.min(...all))}`);
}

function reliability({ calibration }: EvaluateResult): string {
  const x: Scale = (value) => margin + value * (width - 2 * margin);
  const y: Scale = (value) => height - margin - value * (height - 2 * margin);
  const most = Math.max(...calibration.map(({ count }) => count));
  const dots = calibration.map(
    ({ meanProbability, share, count }) =>
      `<circle cx="${x(meanProbability).toFixed(1)}" cy="${y(share).toFixed(1)}" r="${(2 + 5 * Math.sqrt(count / most)).toFixed(1)}" fill="#2563eb"><title>${number(meanProbability)} said, ${number(share)} came, ${count} rows</title></circle>`,
  );
  return svg(
    `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#bbb"/>${dots.join("")}${ends(1, 0)}`,
  );
}

function ends(high: number, low: number): string {
  return `<text x="4" y="${margin}" font-size="10">${number(high)}</text><text x="4" y="${height - margin}" font-size="10">${number(low)}</text>`;
}

function svg(content: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">${content}</svg>`;
}
