import type { Command } from "commander";
import { FeatureError } from "../../errors.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Runs one statement on the target and prints its rows. Tables are named with their database, as features.yaml " +
        "calls it. It is read-only; a statement that changes something needs --write. With --json the rows are a bare array " +
        "of objects; 64-bit integers and Decimals in it are strings, so that no digit is lost.",
    )
    .argument("<statement>", "one SQL statement in ClickHouse's dialect")
    .option("--write", "allow a statement that changes something")
    .addHelpText(
      "after",
      examples(
        ['feature sql "SELECT * FROM marketprism_features.order_flow LIMIT 5"', "rows of a view"],
        ['feature sql "SHOW TABLES FROM marketprism_features"', "what there is to read"],
        ['feature sql "SELECT count() AS n FROM marketprism_hot.trades" --json', "for scripts"],
      ),
    )
    .action(
      bind<{ write?: boolean }>(async ({ args: [sql = ""], options, shell }) => {
        const [{ statementKind }, { runStatement }] = await Promise.all([
          import("../sql-statement.js"),
          import("../run-statement.js"),
        ]);
        const kind = statementKind(sql);
        if (kind === "change" && options.write !== true) {
          throw new FeatureError(
            "FS_CLI_READ_ONLY",
            "Expected SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or EXISTS.",
          );
        }
        return withProject(shell, "sql", ({ engine }) => runStatement(engine, sql, kind, shell.width));
      }),
    );
}
