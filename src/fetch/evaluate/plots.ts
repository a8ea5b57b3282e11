/** Plots as SVG text, with axes. Colours are variables of the page, which has a light and a dark set of them. */

const width = 720;
const height = 280;
const left = 72;
const right = 20;
const top = 14;
const bottom = 52;
const [plotRight, plotBottom] = [width - right, height - bottom];

export type Point = readonly [x: number, y: number];

/** What an axis shows, with its unit. */
export interface AxisNames {
  readonly x: string;
  readonly y: string;
}

/** A line through points; x is epoch ms. The line of 0 is part of it. */
export function timeLine(points: readonly Point[], y: string): string {
  if (points.length === 0) return nothing;
  const times = points.map(([time]) => time);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const rows = niceTicks([0, ...points.map(([, value]) => value)]);
  const [toX, toY] = [scale(first, last, left, plotRight), vertical(rows)];
  const path = points.map(([time, value], i) => `${i === 0 ? "M" : "L"}${at(toX(time))} ${at(toY(value))}`);
  const ticks = timeTicks(first, last);
  return svg({ x: timeName(first, last), y }, [
    grid(rows, toY),
    ...ticks.map((time) => tickBelow(toX(time), timeText(time, ticks))),
    `<path class="line" d="${path.join("")}"/>`,
  ]);
}

/** A bar for each period; null: none. `from` is epoch ms. The last 120 are shown. */
export function timeBars(
  all: readonly { readonly from: number; readonly value: number | null; readonly title: string }[],
  y: string,
): string {
  const periods = all.slice(-120);
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) return nothing;
  const rows = niceTicks([0, ...periods.map(({ value }) => value ?? 0)]);
  const toY = vertical(rows);
  const step = (plotRight - left) / periods.length;
  const every = Math.ceil(periods.length / 8);
  const times = periods.map(({ from }) => from);
  const bars = periods.flatMap(({ value, title }, place) => {
    if (value === null) return [];
    const [high, low] = [Math.min(toY(value), toY(0)), Math.max(toY(value), toY(0))];
    const x = left + (place + 0.1) * step;
    const box = `x="${at(x)}" y="${at(high)}" width="${at(0.8 * step)}" height="${at(low - high)}"`;
    return [`<rect class="bar" ${box}><title>${title}</title></rect>`];
  });
  const labels = periods.flatMap(({ from }, place) =>
    place % every === 0 ? [tickBelow(left + (place + 0.5) * step, timeText(from, times))] : [],
  );
  return svg({ x: timeName(first.from, last.from), y }, [grid(rows, toY), ...labels, ...bars]);
}

/** Points in the unit square beside its diagonal; `weight`, from 0 to 1, is a point's area. */
export function unitSquare(
  points: readonly { readonly at: Point; readonly weight: number; readonly title: string }[],
  names: AxisNames,
): string {
  const rows = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const [toX, toY] = [scale(0, 1, left, plotRight), vertical(rows)];
  const dots = points.map(({ at: [x, y], weight, title }) => {
    const place = `cx="${at(toX(x))}" cy="${at(toY(y))}" r="${at(2 + 6 * Math.sqrt(weight))}"`;
    return `<circle class="bar" ${place}><title>${title}</title></circle>`;
  });
  return svg(names, [
    grid(rows, toY),
    ...rows.map((value) => tickBelow(toX(value), numberText(value))),
    `<line class="zero" x1="${left}" y1="${at(toY(0))}" x2="${plotRight}" y2="${at(toY(1))}"/>`,
    ...dots,
  ]);
}

const nothing = "<p>Nothing to show.</p>";

type Scale = (value: number) => number;

function scale(low: number, high: number, from: number, to: number): Scale {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

const vertical = (rows: readonly number[]): Scale => scale(rows[0] ?? 0, rows.at(-1) ?? 1, plotBottom, top);

/** Round numbers (1, 2 or 5 times a power of ten apart) around all values. */
function niceTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
  const [from, to] = [Math.floor(low / step), Math.ceil(high / step)];
  return Array.from({ length: Math.max(to - from, 1) + 1 }, (_, place) => (from + place) * step);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30, 91, 182, 365].map((count) => count * day),
];

/** Six round times at most. */
function timeTicks(first: number, last: number): number[] {
  const step = timeSteps.find((one) => (last - first) / one <= 6) ?? 365 * day;
  const from = Math.ceil(first / step) * step;
  const ticks = Array.from(
    { length: Math.floor((last - from) / step) + 1 },
    (_, place) => from + place * step,
  );
  return ticks.length === 0 ? [first] : ticks;
}

/** As short as tells the times beside it apart: the day, the minute or the second. */
function timeText(time: number, beside: readonly number[]): string {
  const iso = new Date(time).toISOString();
  if (beside.every((one) => one % day === 0)) return iso.slice(0, 10);
  return beside.every((one) => one % minute === 0) ? iso.slice(11, 16) : iso.slice(11, 19);
}

function timeName(first: number, last: number): string {
  const [from, to] = [first, last].map((time) => new Date(time).toISOString().slice(0, 10));
  return from === to ? `time (UTC), ${from}` : `time (UTC), ${from} to ${to}`;
}

/** Without the digits that adding steps left behind. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function grid(rows: readonly number[], toY: Scale): string {
  const line = (value: number): string => {
    const y = at(toY(value));
    return (
      `<line class="${Math.abs(value) < 1e-12 ? "zero" : "grid"}" x1="${left}" x2="${plotRight}" y1="${y}" y2="${y}"/>` +
      `<text class="tick" x="${left - 8}" y="${y}" dy="0.35em" text-anchor="end">${numberText(value)}</text>`
    );
  };
  return rows.map(line).join("");
}

function tickBelow(x: number, text: string): string {
  return (
    `<line class="zero" x1="${at(x)}" x2="${at(x)}" y1="${plotBottom}" y2="${plotBottom + 4}"/>` +
    `<text class="tick" x="${at(x)}" y="${plotBottom + 18}" text-anchor="middle">${text}</text>`
  );
}

const at = (place: number): string => place.toFixed(1);

function svg({ x, y }: AxisNames, parts: readonly string[]): string {
  const middle = [(left + plotRight) / 2, (top + plotBottom) / 2] as const;
  const names =
    `<text class="name" x="${middle[0]}" y="${height - 10}" text-anchor="middle">${x}</text>` +
    `<text class="name" transform="translate(16 ${middle[1]}) rotate(-90)" text-anchor="middle">${y}</text>`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${y} by ${x}">${parts.join("")}${names}</svg>`;
}
