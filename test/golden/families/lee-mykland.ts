/** A bucket for each second of a case's returns: the last return of each is tested. */
import type { Adapter } from "../adapter.js";
import { booksOfReturns, lastRow } from "../bucket-rows.js";
import { Stage } from "../stage.js";

interface Params {
  readonly K: number;
  readonly alpha: number;
  readonly n: number;
}

export const leeMykland: Adapter = async ({ inputs, params }, engine) => {
  const given = inputs as readonly number[];
  // The threshold is a column, so it needs a row: without returns, that of one that does not count.
  const returns = given.length === 0 ? [0] : given;
  const { K: k, alpha, n } = params as Params;
  const stage = await Stage.open(engine, {
    views: ["lee_mykland"],
    change: {
      lee_mykland: (view) => {
        view.time_windows.t300 = `${k + 1}s`;
        Object.assign(view.params, { k_300: k, tests_300: n, alpha });
      },
    },
  });
  await stage.buckets(returns.map((_, index) => ({ start: index * 1000, end: (index + 1) * 1000 })));
  await stage.books(booksOfReturns(returns));
  const rows = await stage.rows("lee_mykland");
  const last = lastRow(rows);
  const [centre, scale, critical] = [last.lm_centre_300, last.lm_scale_300, last.lm_critical_300];
  return {
    actual: {
      L: rows.slice(0, given.length).map((row) => row.lm_300),
      Cn: centre,
      Sn: scale,
      beta_star: ((critical ?? Number.NaN) - (centre ?? Number.NaN)) / (scale ?? Number.NaN),
      critical_abs_L: critical,
      jump: rows.slice(0, given.length).map(({ is_jump_300: jump }) => (jump == null ? null : jump === 1)),
    },
  };
};
