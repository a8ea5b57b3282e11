/** A case gives a series; mids whose log returns it is stand at the ends of buckets. */
import type { Adapter } from "../adapter.js";
import { buckets, lastRow, orNull } from "../bucket-rows.js";
import { Stage, type ViewYaml } from "../stage.js";

interface Params {
  readonly wavelet: string;
  readonly level: number;
}

/** Decomposition low-pass filters. Daubechies 1992, table 6.1. */
const filters: Readonly<Record<string, readonly number[]>> = {
  haar: [Math.SQRT1_2, Math.SQRT1_2],
  db1: [Math.SQRT1_2, Math.SQRT1_2],
  db4: [
    ...[-0.010597401785069032, 0.0328830116668852, 0.030841381835560764, -0.18703481171909309],
    ...[-0.027983769416859854, 0.6308807679298589, 0.7148465705529157, 0.2303778133088965],
  ],
};

export const waveletEnergy: Adapter = async ({ inputs, params }, engine) => {
  const series = inputs as readonly number[];
  const { wavelet, level } = params as Params;
  const low = filters[wavelet];
  if (low === undefined) throw new Error(`no filter of ${wavelet}`);
  const levels = Array.from({ length: level }, (_, index) => index + 1);
  const stage = await Stage.open(engine, {
    views: ["wavelet_energy"],
    change: {
      wavelet_energy: (view) => {
        view.windows.w33 = { buckets: series.length + 1, min: series.length + 1 };
        view.let.low = `[${low.join(", ")}]`;
        withLevels(view, level);
      },
    },
  });
  const closed = buckets(series.length + 1);
  await stage.buckets(closed);
  let log = 0;
  const mids = [0, ...series].map((value) => {
    log += value;
    return { last_valid_mid: Math.exp(log) };
  });
  await stage.store("book_state", closed, mids);
  const row = lastRow(await stage.rows("wavelet_energy"));
  const bands = ["approx", ...levels.map((one) => `d${one}`)];
  const { transform } = await stage.intermediates("wavelet_energy", ["transform"]);
  const [approximation, details] = transform as readonly [unknown, readonly unknown[]];
  return {
    actual: orNull({
      [`a${level}`]: approximation,
      ...Object.fromEntries(levels.map((one) => [`d${one}`, details[one - 1]])),
      energy: Object.fromEntries(bands.map((band) => [band, row[`energy_${band}`]])),
      total: row.energy_total,
      rel: Object.fromEntries(bands.map((band) => [band, row[`energy_share_${band}`]])),
      low_high_ratio: row.low_high_ratio,
      wavelet_entropy: row.wavelet_entropy,
    }),
  };
};

/** The stock view has three levels. */
function withLevels(view: ViewYaml, level: number): void {
  const { energy_d3: energy, energy_share_d3: share, ...columns } = structuredClone(view.columns);
  const levels = Array.from({ length: level }, (_, index) => index + 1);
  const of = ({ sql }: { readonly sql: string }, one: number) => ({
    sql: sql.replace("energies[4]", `energies[${one + 1}]`),
  });
  for (const name of ["energy_d1", "energy_d2", "energy_share_d1", "energy_share_d2"]) delete columns[name];
  view.params.levels = level;
  view.columns = {
    ...columns,
    ...Object.fromEntries(levels.map((one) => [`energy_d${one}`, of(energy, one)])),
    ...Object.fromEntries(levels.map((one) => [`energy_share_d${one}`, of(share, one)])),
  };
  view.expect = undefined;
}
