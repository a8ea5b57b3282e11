import { type Command, InvalidArgumentError } from "commander";
import type { Bind } from "../command-module.js";
import { examples } from "../help.js";

interface DemoFlags {
  readonly seed: number;
  readonly hours: number;
  readonly keep?: string;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 24)) throw new InvalidArgumentError("Expected hours from 0 to 24.");
  return value;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(text);
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Runs the whole chain on simulated data: generates some hours of a market (self-exciting trades, books, a burst, a " +
        "quiet spell, a jump), writes them in the layouts of public archives, then runs this product's own commands on " +
        "it, from `feature init` to a training set and a model's predictions. No network, no real prices; takes under a minute.",
    )
    .option("--seed <number>", "another simulated market", whole, 7)
    .option("--hours <number>", "hours to simulate", positive, 4)
    .option("--keep <dir>", "where to write (default: a new folder among the temporary files; it stays)")
    .addHelpText(
      "after",
      examples(
        ["feature demo", "watch it"],
        ["feature demo --seed 11 --keep market", "another simulated market, in a folder of yours"],
      ),
    )
    .action(
      bind<DemoFlags>(async ({ options: { seed, hours, keep }, shell }) => {
        const [{ runDemo }, { describeDemo }] = await Promise.all([
          import("../demo/run-demo.js"),
          import("../demo/describe-demo.js"),
        ]);
        const result = await runDemo(shell, { seed, hours, keep });
        return { result, text: () => describeDemo(result) };
      }),
    );
}
