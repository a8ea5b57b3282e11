import { sizeColumn } from "./bucket-limits.js";
import type { CalibratedSize } from "./calibrate-clock.js";
import type { ClockContext } from "./clock-context.js";
import { sizedMode } from "./sized-mode.js";

const bounds = {
  q_bucket: ["q_min", "q_max"],
  n_trades: ["n_min", "n_max"],
  n_updates: ["u_min", "u_max"],
} as const;

/**
 * Writes sizes into bucket_config; the table's default says how long they are valid. They hold from the end of their look-back
 * on: buckets that are closed stay as they are.
 */
export async function storeSizes(context: ClockContext, sizes: readonly CalibratedSize[]): Promise<void> {
  const { clock, engine, project } = context;
  if (sizes.length === 0) return;
  const size = sizeColumn[sizedMode(clock)];
  const [least, most] = bounds[size];
  const events = clock.mode === "event" ? "ups" : "tps";
  const isVolume = size === "q_bucket";
  const column = <T>(name: string, type: string, of: (one: CalibratedSize) => T) => ({
    name,
    type,
    values: sizes.map(of),
  });
  const text = (name: string, of: (one: CalibratedSize) => string) => column(name, "String", of);
  const number = (name: string, of: (one: CalibratedSize) => number) => column(name, "Float64", of);
  const amount = (name: string, of: (one: CalibratedSize) => bigint) =>
    isVolume ? column(name, "Decimal(38, 8)", of) : column(name, "UInt32", (one) => Number(of(one)));
  await engine.insert(
    { database: project.databases.features, name: "bucket_config" },
    {
      rows: sizes.length,
      columns: [
        text("clock", () => clock.name),
        text("exchange", ({ instrument }) => instrument.exchange),
        text("market_type", ({ instrument }) => instrument.marketType),
        text("symbol", ({ instrument }) => instrument.symbol),
        text("mode", () => clock.mode),
        column("t_target_s", "UInt16", () => Math.round(clock.targetMs / 1000)),
        column("t_max_s", "UInt16", ({ maxS }) => Math.ceil(maxS)),
        amount(size, (one) => one.lots),
        amount(least, (one) => one.lotBounds.min),
        // 0: no bound.
        amount(most, (one) => one.lotBounds.max ?? 0n),
        ...(isVolume
          ? [number("vps_p50", ({ pace }) => pace.p50), number("vps_p80", ({ pace }) => pace.p80)]
          : []),
        number(`${events}_p50`, ({ tradesPace }) => tradesPace.p50),
        number(`${events}_p80`, ({ tradesPace }) => tradesPace.p80),
        column("window_min", "UInt16", ({ minutes }) => Math.min(minutes, 65_535)),
        text("source", () => "calibrate"),
        column("valid_from", "DateTime64(3, 'UTC')", ({ validFrom }) => BigInt(validFrom)),
      ],
    },
  );
}
