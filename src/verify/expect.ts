/** Expectations: what the views' `expect:` says, over everything that is stored in the range. */
import {
  type Breach,
  breachesOf,
  type ExpectationRow,
  expectationParams,
  expectationSelect,
} from "../compile/expectations.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import type { Check, CheckResult, VerifyContext } from "./check.js";
import { rangeParams, whereInRange } from "./range.js";
import { newTally } from "./tally.js";

export const expectations: Check = {
  name: "expect",
  summary: "stored values are as the views' `expect:` says",
  run: checkExpectations,
};

async function checkExpectations(context: VerifyContext): Promise<CheckResult> {
  const { engine, specs, options } = context;
  const tally = newTally();
  const views = specs.views.filter(({ expect }) => expect.length > 0);
  for (const [index, view] of views.entries()) {
    const object = context.catalog.objects.find(({ kind, name }) => kind === "view" && name === view.name);
    if (object?.storage === undefined) continue;
    const { table, columnPrefix } = object.storage;
    const stored = object.columns.map(({ name }) => quoteIdentifier(columnPrefix + name));
    const columns = object.columns.map(({ name }, place) => `${stored[place]} AS ${quoteIdentifier(name)}`);
    // Of a view with bins each bin is a row.
    const bins = object.by === undefined ? "" : `ARRAY JOIN ${stored.join(", ")} `;
    const relation =
      `(SELECT exchange, market_type, symbol, bucket_id, ${columns.join(", ")} ` +
      `FROM ${quoteName(table)} FINAL ${bins}${whereInRange})`;
    const rows = await engine.rows<ExpectationRow>(expectationSelect(view.expect, relation), {
      params: { ...rangeParams(options), ...expectationParams(view.expect) },
    });
    for (const row of rows) {
      tally.checked(view.expect.length);
      for (const breach of breachesOf(view.expect, row)) {
        const { exchange, market_type, symbol } = breach;
        tally.fail({
          object: `view ${view.name}`,
          instrument: `${exchange}/${market_type}/${symbol}`,
          bucketId: Number(breach.bucketId),
          message: describeBreach(breach),
        });
      }
    }
    context.onProgress(expectations.name, index + 1, views.length);
  }
  return tally.result();
}

function describeBreach({ column, rule, expected, found, rows }: Breach): string {
  switch (rule) {
    case "not_null":
      return `${column} is NULL in ${found} of ${rows} rows; it should never be`;
    case "null_share":
      return `${column} is NULL in ${(100 * found).toFixed(1)} % of ${rows} rows; at most ${100 * expected} % should be`;
    case "min":
      return `${column} is ${found} at its lowest; it should not be below ${expected}`;
    case "max":
      return `${column} is ${found} at its highest; it should not be above ${expected}`;
  }
}
