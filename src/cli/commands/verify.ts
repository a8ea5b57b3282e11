import type { Command } from "commander";
import { FeatureError } from "../../errors.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { plural } from "../count-text.js";
import { examples } from "../help.js";

interface Options {
  readonly sample: string;
  readonly seed: string;
  readonly from?: string;
  readonly to?: string;
  readonly instrument?: readonly string[];
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Checks what is stored against what can be computed again. monotonic: bucket ids, bounds and times are in order, and " +
        "every complete bucket has its rows and its trades. expect: stored values meet the views' `expect:`. " +
        "parity: sampled buckets, computed again from raw data by the view's own SELECT, give the stored bits. leakage: " +
        "they still do when everything that became known later is removed. served: audited predictions come out the " +
        "same from the stored rows. It only reads. It ends with 6 when something " +
        "failed, and also when raw data that a check needs is past its retention: what cannot be shown does not pass.",
    )
    .argument("[check...]", "monotonic, expect, parity, leakage, served (default: all)")
    .option("--sample <n>", "buckets of each instrument to compute again, or `all`", "10")
    .option("--seed <n>", "another seed samples other buckets", "1")
    .option("--from <time>", "only buckets that end after it (UTC)")
    .option("--to <time>", "only buckets that end by it (UTC)")
    .option("--instrument <name...>", "only these, as exchange/market_type/symbol")
    .addHelpText(
      "after",
      examples(
        ["feature verify", "all checks, 10 buckets of each instrument"],
        ["feature verify leakage --sample 200 --seed 7", "another, larger sample"],
        ["feature verify parity --sample all --from 2024-08-08 --to 2024-08-09", "every bucket of a day"],
      ),
    )
    .action(
      bind<Options>(async ({ args, options, shell }) => {
        const { verifyOptions, chosenChecks } = await import("../verify-request.js");
        const asked = verifyOptions(options);
        const chosen = chosenChecks(args);
        return withProject(shell, "verify", async (context) => {
          const [{ runVerify }, { describeVerification }, { waitingWarning }] = await Promise.all([
            import("../run-verify.js"),
            import("../describe-verification.js"),
            import("../waiting-buckets.js"),
          ]);
          const verification = await runVerify(context, chosen, asked, shell.progress);
          const bad = verification.checks.filter(({ ok }) => !ok);
          return {
            result: verification,
            text: () => describeVerification(verification),
            warnings: verification.waiting.map(waitingWarning),
            errors: bad.map(({ check, failed, notRecomputable }) =>
              failed > 0
                ? new FeatureError("FS_VERIFY_FAILED", `${check}: ${plural(failed, "finding")}.`, {
                    object: check,
                  })
                : new FeatureError(
                    "FS_VERIFY_NOT_RECOMPUTABLE",
                    `${check}: ${plural(notRecomputable, "row")} cannot be computed again.`,
                    { object: check },
                  ),
            ),
          };
        });
      }),
    );
}
