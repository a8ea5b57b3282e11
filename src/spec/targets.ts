/** Targets, with their ${NAME} read from the environment: only for the one in use, so that nobody needs the variables of all. */
import { expandVariables } from "./expand-variables.js";
import { pointerTo } from "./json-pointer.js";
import type { Target } from "./model.js";
import type { RawTarget } from "./raw-project.js";
import { recordOf, type SpecReader } from "./spec-reader.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * All targets. In the wanted one each ${NAME} is replaced, and a missing variable is a finding that names it; the others
 * keep their text as it is written. No message holds a value.
 */
export function readTargets(
  reader: SpecReader,
  raw: Readonly<Record<string, RawTarget>>,
  env: Environment,
  wanted: string,
): Readonly<Record<string, Target>> {
  return recordOf(
    Object.entries(raw).map(([name, target]) => [
      name,
      name === wanted ? resolved(reader, name, target, env) : plainTarget(name, target),
    ]),
  );
}

/** A target with each ${NAME} replaced, and the variables that are not set, by the key that needs them. */
export function expandedTarget(
  name: string,
  raw: RawTarget,
  env: Environment,
): {
  readonly target: Target;
  readonly missing: readonly { readonly key: string; readonly variable: string }[];
} {
  const entries = Object.entries(raw).map(([key, text]) => ({ key, ...expandVariables(String(text), env) }));
  return {
    target: plainTarget(
      name,
      recordOf(entries.map(({ key, value }) => [key, value])) as unknown as RawTarget,
    ),
    missing: entries.flatMap(({ key, missing }) => missing.map((variable) => ({ key, variable }))),
  };
}

function plainTarget(name: string, raw: RawTarget): Target {
  if (raw.engine === "embedded") return { kind: "embedded", name, path: raw.path ?? "" };
  const { engine: kind, url = "", username = "default", password = "", cluster } = raw;
  return { kind, name, url, username, password, cluster };
}

function resolved(reader: SpecReader, name: string, raw: RawTarget, env: Environment): Target {
  const pointer = pointerTo("/targets", name);
  const { target, missing } = expandedTarget(name, raw, env);
  for (const { key, variable } of missing) {
    const hint = `Set ${variable}, or use another target with --target.`;
    reader.add(
      "FS_SPEC_ENV",
      `the environment variable ${variable}, which target ${name} needs for its ${key}, is not set`,
      reader.file.at(pointerTo(pointer, key)),
      hint,
    );
  }
  if (missing.length === 0 && target.kind !== "embedded" && !isHttpAddress(target.url)) {
    const message = `\`targets.${name}.url\` is no http or https address (its value is not shown)`;
    reader.add(
      "FS_SPEC_VALUE",
      message,
      reader.file.at(pointerTo(pointer, "url")),
      "Write an address such as http://localhost:8123.",
    );
  }
  return target;
}

function isHttpAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}
