import { readFile } from "node:fs/promises";
import { FeatureError } from "../errors.js";
import { parseKeys, type StoredKey } from "../serve/keys/api-key.js";
import { KeyRing } from "../serve/keys/key-ring.js";
import type { Shell } from "./shell.js";

const variable = "FEATURE_API_KEYS";

/** The keys of --keys and of the environment: lines that `feature keys create` writes; `;` parts lines in the environment. */
export async function serveKeys({ env }: Shell, file: string | undefined): Promise<KeyRing> {
  const keys: StoredKey[] = [];
  if (file !== undefined) keys.push(...parseKeys(await readText(file), file));
  const text = env[variable];
  if (text !== undefined) keys.push(...parseKeys(text.replaceAll(";", "\n"), variable));
  const twice = keys.find(({ id }, place) => keys.findIndex((key) => key.id === id) !== place);
  if (twice !== undefined) {
    throw new FeatureError("FS_SERVE_KEYS", `Two keys are named ${twice.id}: in ${file} and ${variable}.`, {
      object: twice.id,
    });
  }
  if (keys.length === 0 && (file !== undefined || text !== undefined)) {
    throw new FeatureError("FS_SERVE_KEYS", `${file ?? variable} holds no key.`, {
      object: file ?? variable,
    });
  }
  return new KeyRing(keys);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new FeatureError("FS_CLI_FILE", `The keys cannot be read from ${file}.`, { object: file, cause });
  }
}
