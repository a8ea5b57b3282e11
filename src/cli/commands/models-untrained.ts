import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { countText } from "../count-text.js";
import { examples } from "../help.js";
import { type NetworkFlags, networkOptions } from "../model-options.js";

interface UntrainedFlags extends NetworkFlags {
  readonly vector: string;
  readonly model?: string;
}

export function configureUntrained(command: Command, bind: Bind): void {
  command
    .summary("write a DeepLOB-TCN with random weights, for trials")
    .description(
      "Writes a DeepLOB-TCN (convolutions over the channels of the last books, fused with features of trades) with random " +
        "weights, its contract and a sample into models/. Its name ends with _untrained and its answers mean nothing: it is for " +
        "trying checks, rollout, serving and timing with a network of the real shape, and a starting point for weights that are fitted " +
        "elsewhere. Means and scales are those of the vector's stored rows. examples/deeplob-tcn has a view and a vector for it.",
    )
    .requiredOption("--vector <name>", "the features")
    .option("--model <name>", "the model's name (default: the vector's without its version, and _untrained)")
    .addHelpText(
      "after",
      examples(
        [
          "feature models untrained --vector book_tcn_v1",
          "writes models/book_tcn_untrained.yaml and its files",
        ],
        ["feature models check book_tcn_untrained", "the contract against the file and the vector"],
      ),
    )
    .action(
      bind<UntrainedFlags>(async ({ options, shell }) =>
        withProject(shell, "models untrained", async (context) => {
          const [{ writeUntrainedTcn }, { ModelFolder }, { deployedVector }, { vectorIdentity }] =
            await Promise.all([
              import("../../models/untrained-tcn.js"),
              import("../../models/model-folder.js"),
              import("../deployed-vector.js"),
              import("../../compile/vector-identity.js"),
            ]);
          const { vector, table, version } = await deployedVector(context, options.vector);
          const model = options.model ?? `${vector.name.replace(/_v\d+$/, "")}_untrained`;
          const result = await writeUntrainedTcn({
            ...options,
            reader: context.engine,
            vector,
            identity: vectorIdentity(vector, version),
            table,
            folder: new ModelFolder(context.project.root),
            model,
            known: context.specs.models.find(({ name }) => name === model),
          });
          return {
            result,
            text: () =>
              `${model} ${result.version}: ${result.bookChannels} channels × ${result.steps} steps and ${result.tradeFeatures} features of ` +
              `${vector.name}, ${countText(result.weights)} random weights. It is not trained: its answers mean nothing.\n` +
              `Wrote models/${result.files.join(", models/")}.\nNext: feature models register ${model}\n`,
          };
        }),
      ),
    );
  networkOptions(command);
}
