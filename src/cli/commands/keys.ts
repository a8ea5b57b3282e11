import { appendFile } from "node:fs/promises";
import type { Command } from "commander";
import { FeatureError } from "../../errors.js";
import { createKey, type Scope, scopes } from "../../serve/keys/api-key.js";
import type { Bind } from "../command-module.js";
import { examples } from "../help.js";

interface KeyFlags {
  readonly scopes: string;
  readonly file: string;
}

function scopeList(text: string): Scope[] {
  return text.split(",").map((word) => {
    const scope = scopes.find((known) => known === word.trim());
    if (scope === undefined) {
      throw new FeatureError("FS_CLI_USAGE", `"${word}" is no scope; expected ${scopes.join(", ")}.`, {
        object: word,
      });
    }
    return scope;
  });
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Makes API keys for `feature serve` and `feature up`, which need one on any address but loopback.",
    )
    .addHelpText("after", examples(["feature keys create dashboard", "a key that may read"]));
  command
    .command("create")
    .summary("make a key, show it once, and store its hash")
    .description(
      "Makes an API key of 256 random bits, prints it, and adds its SHA-256 to a file of keys. The key is shown only once; " +
        "to revoke it, delete its line and restart the service.",
    )
    .argument("<name>", "who it is for: lower case letters, digits and -")
    .option("--scopes <list>", "what it may do: read, predict, admin (admin includes the others)", "read")
    .option("--file <path>", "the file to add the hash to", "serve.keys")
    .addHelpText(
      "after",
      examples(
        ["feature keys create trader --scopes read,predict", "a key for a trading service"],
        ["feature serve --host 0.0.0.0 --keys serve.keys", "every request then needs a key"],
      ),
    )
    .action(
      bind<KeyFlags>(async ({ args: [name = ""], options }) => {
        const granted = scopeList(options.scopes);
        const { key, line } = createKey(name, granted);
        try {
          await appendFile(options.file, `${line}\n`, { mode: 0o600 });
        } catch (cause) {
          throw new FeatureError("FS_CLI_FILE", `The key cannot be stored in ${options.file}.`, {
            object: options.file,
            cause,
          });
        }
        return {
          result: { name, scopes: granted, file: options.file, key },
          text: () =>
            `${key}\n\nShown this once. Its hash is in ${options.file}, with the scopes ${granted.join(", ")}.\n`,
        };
      }),
    );
}
