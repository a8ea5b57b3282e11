import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";

export function configureRegister(command: Command, bind: Bind): void {
  command
    .summary("register a contract's model as a version that can be served")
    .description(
      "Checks the contract as `feature models check` does, writes the file's SHA-256 and the vector's signature and " +
        "fingerprint into models/<name>.yaml (comments stay), stores the version in the target's registry and pins the " +
        "vector's version, which is then kept as long as the model needs it. Running it again changes nothing.",
    )
    .argument("<name>", "the model")
    .addHelpText(
      "after",
      examples(["feature models register trend_baseline", "at the stage named in its contract"]),
    )
    .action(
      bind(async ({ args: [name = ""], shell }) =>
        withProject(shell, "models register", async ({ engine, project, specs }) => {
          const [{ registerModel }, { ModelFolder }, { contractNamed, vectorOf }, { writerName }] =
            await Promise.all([
              import("../../models/register.js"),
              import("../../models/model-folder.js"),
              import("../model-contracts.js"),
              import("../writing.js"),
            ]);
          const contract = contractNamed(specs, name);
          const registration = await registerModel({
            engine,
            database: project.databases.registry,
            contract,
            vector: vectorOf(specs, contract),
            folder: new ModelFolder(project.root),
            by: writerName("models register"),
          });
          const { isNew, version, vector, stage, fingerprint } = registration;
          const what = isNew ? "is registered" : "was registered before; its contract is brought up to date";
          return {
            result: registration,
            text: () =>
              `${name} ${version} ${what}: stage ${stage}, on version ${fingerprint.slice(0, 8)} of vector ${vector}.\n` +
              (stage === "live" ? "" : `Next: feature models promote ${name}\n`),
          };
        }),
      ),
    );
}
