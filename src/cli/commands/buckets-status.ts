import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import { renderTable } from "../render-table.js";

const header = [
  "clock",
  "instrument",
  "cut",
  "buckets",
  "pending",
  "last bucket ends",
  "seconds p50",
  "seconds p90",
  "by time",
  "trades p50",
  "size",
  "open trades",
  "late",
];

export function configureStatus(command: Command, bind: Bind): void {
  command
    .summary("durations, counts and lag of every instrument")
    .description(
      "Shows for every instrument how its buckets came out: how many are closed, how many of these are not computed yet, " +
        "how long they last, what share was closed by the time cap rather than by volume, and what came late.",
    )
    .addHelpText(
      "after",
      examples(["feature buckets status", "for people"], ["feature buckets status --json", "for scripts"]),
    )
    .action(
      bind(async ({ shell }) =>
        withProject(shell, "buckets status", async (context) => {
          const [{ openRegistryReader }, { compileProject }, { instrumentStatus }] = await Promise.all([
            import("../../registry/reader.js"),
            import("../../compile/compile-project.js"),
            import("../instrument-status.js"),
          ]);
          await openRegistryReader(context.engine, context.project.databases.registry).required();
          const instruments = await instrumentStatus(context, compileProject(context.specs).clocks);
          const rows = instruments.map((row) => [
            row.clock,
            `${row.exchange}/${row.market_type}/${row.symbol}`,
            row.cut_version,
            row.buckets,
            row.pending,
            row.last_end,
            row.duration_p50_s,
            row.duration_p90_s,
            row.time_share === null ? null : `${(100 * row.time_share).toFixed(0)} %`,
            row.trades_p50,
            row.size,
            row.open_trades,
            row.late,
          ]);
          return {
            result: { instruments },
            text: () => (rows.length === 0 ? "No trades were cut yet.\n" : renderTable(header, rows)),
          };
        }),
      ),
    );
}
