import type { Command } from "commander";
import type { ModelHistory } from "../../models/registered-model.js";
import type { RolloutState } from "../../models/rollout.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { stageText } from "../describe-rollout.js";
import { examples } from "../help.js";
import { renderTable } from "../render-table.js";

export function configureList(command: Command, bind: Bind): void {
  command
    .summary("models of this target: versions, stages, what they are pinned to")
    .description(
      "Lists every registered version with its stage and the version of the vector that it reads, and contracts that are " +
        "not registered yet.",
    )
    .addHelpText(
      "after",
      examples(["feature models list", "for people"], ["feature models list --json", "with history"]),
    )
    .action(
      bind(async ({ shell }) =>
        withProject(shell, "models list", async ({ engine, project, specs }) => {
          const { readModels } = await import("../../models/model-registry.js");
          const models = (await readModels(engine, project.databases.registry)).map(modelDocument);
          const registered = new Set(
            models.flatMap(({ model, versions }) => versions.map((one) => `${model} ${one.version}`)),
          );
          const unregistered = specs.models
            .filter(({ name, version }) => !registered.has(`${name} ${version}`))
            .map(({ name, version, file }) => ({ model: name, version, file }));
          return { result: { models, unregistered }, text: () => describeList(models, unregistered) };
        }),
      ),
    );
}

function modelDocument({ model, versions, history, state }: ModelHistory) {
  return {
    model,
    versions: versions.map(({ contract, vector, signature, fingerprint, registeredAt }) => ({
      version: contract.version,
      stage: stageOf(contract.version, state),
      file: contract.file,
      sha256: contract.sha256,
      vector: vector.name,
      signature,
      fingerprint,
      registeredAt,
    })),
    history: history.map(({ action, version, stage, by, at }) => ({
      at,
      action,
      version,
      stage: stageText(stage),
      by,
    })),
  };
}

function stageOf(version: number, { live, candidate, previous }: RolloutState): string {
  if (version === live) return "live";
  if (version === candidate?.version) return stageText(candidate.stage);
  return previous.includes(version) ? "previous" : "retired";
}

function describeList(
  models: readonly ReturnType<typeof modelDocument>[],
  unregistered: readonly { readonly model: string; readonly version: number; readonly file: string }[],
): string {
  const rows = [
    ...models.flatMap(({ model, versions }) =>
      versions.map((one) => [
        model,
        one.version,
        one.stage,
        `${one.vector} ${one.fingerprint.slice(0, 8)}`,
        one.sha256.slice(0, 8),
        one.registeredAt,
      ]),
    ),
    ...unregistered.map(({ model, version }) => [model, version, "not registered", "", "", ""]),
  ];
  if (rows.length === 0) return "There is no model. `feature models train baseline` makes a first one.\n";
  return renderTable(["model", "version", "stage", "vector", "sha256", "registered (UTC)"], rows);
}
