import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import type { ServeFlags } from "../open-service.js";
import { addServeOptions, wholeNumber } from "../serve-options.js";

export function configure(command: Command, bind: Bind): void {
  addServeOptions(
    command.description(
      "Serves vectors over HTTP: latest rows and sequences from memory, single buckets, point-in-time reads, " +
        "and an event for every bucket that closes; predictions, if models are registered. Rows that another process stores on a server are picked up; on the " +
        "embedded engine, which one process holds, `feature up` ingests and serves together. SIGINT or SIGTERM ends it, " +
        "once requests in flight are answered.",
    ),
  )
    .option("--poll <ms>", "how often to ask a ClickHouse server for new rows", wholeNumber, 500)
    .addHelpText(
      "after",
      examples(
        ["feature serve", "on this machine only, without keys"],
        ["feature serve --host 0.0.0.0 --keys serve.keys", "for others; see `feature keys create`"],
        ["curl 'localhost:8417/v1/vectors/trend_v1/latest'", "the newest row of every instrument"],
      ),
    )
    .action(
      bind<ServeFlags & { readonly poll: number }>(async ({ options, shell }) =>
        withProject(shell, "serve", async (context) => {
          const { runServe } = await import("../run-serve.js");
          return runServe(context, shell, options, options.poll);
        }),
      ),
    );
}
