/**
 * A note that `feature diff` found nothing to do, and of what: as long as specs, migrations, this tool and the engine's
 * directory are the same, it finds nothing to do again, and neither compiles nor opens anything.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { directoryState } from "../engine/directory-state.js";
import { assertFree } from "../engine/embedded-open.js";
import type { SourceFile } from "../spec/parse-project.js";
import { readNoted, writeNoted } from "./noted-file.js";
import { migrationsFolder } from "./plan-apply.js";

export interface SealInputs {
  /** Absolute path of the project's folder. */
  readonly root: string;
  readonly files: readonly SourceFile[];
  /** As asked for; undefined: the default of features.yaml. */
  readonly target: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An embedded target that was found to be what the specs say. */
export interface SealedTarget {
  readonly target: string;
  /** Absolute. */
  readonly path: string;
  /** The database of the registry. */
  readonly registry: string;
}

interface Seal extends SealedTarget {
  /** Of the specs alone: when they differ nothing else need be read. */
  readonly specs: string;
  readonly inputs: string;
  readonly directory: string;
}

/** The name of the target, when there is still nothing to do. @throws FeatureError FS_ENGINE_LOCKED when somebody holds it. */
export function readSeal(inputs: SealInputs): string | undefined {
  const seal = parseSeal(inputs.root);
  if (seal === undefined || seal.specs !== specsState(inputs)) return undefined;
  if (seal.inputs !== inputsState(inputs)) return undefined;
  const { target, path, registry, directory } = seal;
  assertFree(path);
  return directoryState(path, registry) === directory ? target : undefined;
}

/** To be called while the engine is held, after a diff without changes. It saves time only, so failing to write fails nothing. */
export function writeSeal(inputs: SealInputs, sealed: SealedTarget): void {
  const directory = directoryState(sealed.path, sealed.registry);
  if (directory === undefined) return;
  const seal: Seal = { ...sealed, specs: specsState(inputs), inputs: inputsState(inputs), directory };
  writeNoted(inputs.root, "seal", seal);
}

function parseSeal(root: string): Seal | undefined {
  const seal = readNoted(root, "seal") as Partial<Seal> | null | undefined;
  const { target, path, registry, specs, inputs, directory } = seal ?? {};
  const parts = [target, path, registry, specs, inputs, directory];
  return parts.every((part) => typeof part === "string") ? (seal as Seal) : undefined;
}

function specsState({ files }: SealInputs): string {
  const state = createHash("sha256");
  for (const { path, text } of files) state.update(JSON.stringify([path, text]));
  return state.digest("hex");
}

/** All that a diff reads beside the specs and the engine's directory. */
function inputsState({ root, files, target, env }: SealInputs): string {
  const state = createHash("sha256");
  const add = (...parts: readonly string[]): void => void state.update(JSON.stringify(parts));
  add(root, target ?? "");
  for (const [, name = ""] of files.flatMap(({ text }) => [...text.matchAll(/\$\{(\w+)/g)]))
    add(name, env[name] ?? "");
  const migrations = migrationsFolder({ root });
  for (const name of readFolder(migrations)) add(name, readFileSync(join(migrations, name), "utf8"));
  // The same version may be another tool while somebody works on it.
  const tool = fileURLToPath(new URL("../", import.meta.url));
  add(readFileSync(join(tool, "../package.json"), "utf8"));
  for (const name of readFolder(tool)) {
    const { size, mtimeMs } = statSync(join(tool, name));
    add(name, String(size), String(mtimeMs));
  }
  return state.digest("hex");
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.\w+$/.test(name))
      .sort();
  } catch {
    return [];
  }
}
