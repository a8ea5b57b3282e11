import type { Command } from "commander";
import { FeatureError } from "../../errors.js";
import type { ModelCheck } from "../../models/check-model.js";
import type { Bind } from "../command-module.js";
import { plural } from "../count-text.js";
import { examples } from "../help.js";
import { loadProject } from "../project-files.js";

export function configureCheck(command: Command, bind: Bind): void {
  command
    .summary("compare contracts with their files, vectors and samples")
    .description(
      "Opens the ONNX file of each contract and compares names, types and shapes of inputs and outputs, the file's " +
        "SHA-256, the vector's signature, and the answers to a stored sample. Needs no target. A model that does not agree " +
        "is not served.",
    )
    .argument("[names...]", "models to check (default: all)")
    .addHelpText(
      "after",
      examples(
        ["feature models check", "all contracts of the project"],
        ["feature models check trend_baseline --json", "one, for CI"],
      ),
    )
    .action(
      bind(async ({ args: names, shell }) => {
        const specs = await loadProject({ project: shell.options.project, target: "" }, shell.env);
        const [{ checkModel }, { ModelFolder }, { compileProject }, contracts] = await Promise.all([
          import("../../models/check-model.js"),
          import("../../models/model-folder.js"),
          import("../../compile/compile-project.js"),
          import("../model-contracts.js"),
        ]);
        const chosen =
          names.length === 0 ? specs.models : names.map((name) => contracts.contractNamed(specs, name));
        const catalog = compileProject(specs);
        const folder = new ModelFolder(specs.project.root);
        const models: ModelCheck[] = [];
        const errors: FeatureError[] = [];
        for (const contract of chosen) {
          const vector = contracts.vectorOf(specs, contract);
          const identity = contracts.compiledIdentity(catalog, vector);
          const check = await checkModel({ contract, vector, identity }, folder);
          models.push(check);
          for (const message of check.mismatches) {
            errors.push(
              new FeatureError("FS_MODEL_MISMATCH", message, { object: contract.name, at: contract.at }),
            );
          }
        }
        return { result: { models }, text: () => describeChecks(models), errors };
      }),
    );
}

function describeChecks(models: readonly ModelCheck[]): string {
  if (models.length === 0) return "models/ has no contract.\n";
  return models
    .map((model) => {
      const { mismatches, sampled, notes } = model;
      const verdict =
        mismatches.length === 0
          ? `agrees with its file and with vector ${model.vector}; ${plural(sampled, "sampled answer")} came out the same`
          : `is NOT served`;
      const lines = [
        `${model.model} ${model.version} (${model.file}) ${verdict}`,
        ...notes.map((note) => `  ${note}`),
      ];
      return `${lines.join("\n")}\n`;
    })
    .join("");
}
