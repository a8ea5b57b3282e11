/** Expectations: what the views' `expect:` says, over everything that is stored in the range. */
import {
  breachesOf,
  describeBreach,
  type ExpectationRow,
  expectationQuery,
  instrumentOfBreach,
} from "../compile/expectations.js";
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
    const query = expectationQuery(object, view.expect, whereInRange);
    const rows = await engine.rows<ExpectationRow>(query.sql, {
      params: { ...rangeParams(options), ...query.params },
    });
    for (const row of rows) {
      tally.checked(view.expect.length);
      for (const breach of breachesOf(view.expect, row)) {
        tally.fail({
          object: `view ${view.name}`,
          instrument: instrumentOfBreach(breach),
          bucketId: Number(breach.bucketId),
          message: describeBreach(breach),
        });
      }
    }
    context.onProgress(expectations.name, index + 1, views.length);
  }
  return tally.result();
}
