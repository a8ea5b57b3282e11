import {
  type CalibratedSize,
  type ClockCalibration,
  calibrateClock,
} from "../ingest/buckets/calibrate-clock.js";
import { clockContext } from "../ingest/buckets/clock-context.js";
import { storeSizes } from "../ingest/buckets/store-sizes.js";
import { type InstrumentKey, instrumentName, sizedClocks } from "../spec/model.js";
import type { Context } from "./context.js";
import { plural } from "./count-text.js";
import { deployedCatalog } from "./deployed-catalog.js";
import type { Outcome } from "./outcome.js";
import { renderTable } from "./render-table.js";
import type { Shell } from "./shell.js";
import { writerName } from "./writing.js";

interface CalibrateRequest {
  readonly clock: string | undefined;
  readonly lookBackMs: number;
  readonly until: number | undefined;
  readonly instruments: readonly InstrumentKey[] | undefined;
  readonly write: boolean;
}

/** Sizes for every clock that was asked for, stored with `write`. */
export async function runCalibrate(
  context: Context,
  shell: Shell,
  request: CalibrateRequest,
): Promise<Outcome> {
  const { engine, project } = context;
  const { catalog } = await deployedCatalog(context);
  const names = request.clock === undefined ? sizedClocks(project) : [request.clock];
  const clocks = names.map((name) =>
    clockContext(engine, project, catalog, name, writerName("buckets calibrate")),
  );
  const results: { clock: string; calibration: ClockCalibration }[] = [];
  for (const clock of clocks) {
    const calibration = await calibrateClock(clock, {
      lookBackMs: request.lookBackMs,
      until: request.until,
      instruments: request.instruments,
      signal: shell.signal,
      onInstrument: (done, total, name) =>
        shell.progress.line(`${clock.clock.name}: ${name} (${done + 1} of ${total})`),
    });
    results.push({ clock: clock.clock.name, calibration });
    if (request.write) await storeSizes(clock, calibration.sizes);
  }
  const unread = clocks.filter(({ clock }) => request.write && !clock.size.fromBucketConfig);
  const warnings = [
    ...results.flatMap(({ clock, calibration }) =>
      calibration.skipped.map(
        ({ instrument, reason }) => `${clock}: ${instrumentName(instrument)} gets no size: ${reason}`,
      ),
    ),
    ...unread.map(
      ({ clock }) =>
        `clock ${clock.name} does not read bucket_config: write \`size: { from: bucket_config, … }\` in features.yaml`,
    ),
  ];
  const documents = results.map(({ clock, calibration }) => ({
    clock,
    until: calibration.until === null ? null : timeText(calibration.until),
    sizes: calibration.sizes.map(sizeDocument),
  }));
  return {
    result: { written: request.write, clocks: documents, warnings },
    text: () =>
      results.map(({ clock, calibration }) => describe(clock, calibration, request.write)).join("\n"),
    warnings,
  };
}

const timeText = (at: number) => new Date(at).toISOString().replace("T", " ").replace("Z", "");

function sizeDocument({ instrument, lots: _, lotBounds: __, validFrom, ...size }: CalibratedSize) {
  return {
    exchange: instrument.exchange,
    market_type: instrument.marketType,
    symbol: instrument.symbol,
    ...size,
    validFrom: timeText(validFrom),
  };
}

function describe(clock: string, { until, sizes }: ClockCalibration, isWritten: boolean): string {
  if (until === null) return `${clock}: nothing is stored to calibrate from.\n`;
  const seconds = (value: number | null | undefined) => (value == null ? null : Number(value.toFixed(1)));
  const percent = (share: number | null | undefined) =>
    share == null ? null : `${(100 * share).toFixed(0)} %`;
  const table = renderTable(
    [
      "instrument",
      "size now",
      "p50 s",
      "p90 s",
      "by time",
      "new size",
      "p50 s",
      "p90 s",
      "by time",
      "max s",
      "by ratio",
    ],
    sizes.map(({ instrument, current, size, expected, maxS, ratioSize }) => [
      instrumentName(instrument),
      current?.size ?? "none",
      seconds(current?.p50),
      seconds(current?.p90),
      percent(current?.timeShare),
      size,
      seconds(expected.p50),
      seconds(expected.p90),
      percent(expected.timeShare),
      maxS,
      ratioSize,
    ]),
  );
  const state = isWritten
    ? `${plural(sizes.length, "size")} written, valid from ${timeText(until)} (an instrument that was never cut: from its first trade).`
    : "Nothing was written: --write stores these sizes.";
  return `${clock}, look-back until ${timeText(until)}:\n\n${table}\n${state}\n`;
}
