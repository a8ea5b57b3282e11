import { resolve } from "node:path";
import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { examples } from "../help.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Writes a project into a folder: features.yaml (targets, instruments, clock), the stock feature views and the " +
        "vector over them, jobs, csv maps, and the JSON Schemas that let an editor complete and check the files.",
    )
    .argument("[dir]", "the folder to write into; made if missing", ".")
    .option("--lean", "only the views of the vector: they are built and closed in a fraction of the time")
    .option("--force", "overwrite files that exist")
    .addHelpText(
      "after",
      examples(
        ["feature init", "into the working folder"],
        ["feature init shop", "into a new folder"],
        ["feature init shop --lean", "to begin small; other stock views are in the package"],
        ["feature init shop --force", "take the stock files again, changes in them are lost"],
      ),
    )
    .action(
      bind<{ lean?: boolean; force?: boolean }>(async ({ args: [dir = "."], options: { lean, force } }) => {
        const { writeStockProject } = await import("../stock-project.js");
        const files = await writeStockProject(resolve(dir), {
          overwrite: force === true,
          lean: lean === true,
        });
        const enter = dir === "." ? [] : [`cd ${/\s/.test(dir) ? JSON.stringify(dir) : dir}`];
        const next = [
          ...enter,
          "feature validate",
          "feature apply",
          "feature ingest binance-archive <zip files>",
        ];
        return {
          result: { folder: dir, files, next },
          text: () =>
            `Wrote ${files.length} files into ${dir}:\n${files.map((file) => `  ${file}\n`).join("")}\n` +
            `Next:\n${next.map((line) => `  ${line}\n`).join("")}`,
        };
      }),
    );
}
