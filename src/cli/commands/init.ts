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
    .argument("[dir]", "the folder to write into; created if missing", ".")
    .option("--lean", "only the views that the stock vector needs: much faster to build and to close")
    .option("--force", "overwrite files that exist")
    .addHelpText(
      "after",
      examples(
        ["feature init", "in the working folder"],
        ["feature init shop", "in a new folder"],
        ["feature init shop --lean", "start small; the other stock views are in the package"],
        ["feature init shop --force", "restore the stock files; changes to them are lost"],
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
