import { LineCounter } from "yaml";
import type { Target } from "./model.js";
import type { RawProject } from "./raw-project.js";
import { type Environment, expandedTarget } from "./targets.js";
import { parseYaml } from "./yaml-syntax.js";

/**
 * The target in use, with its variables, by the text of features.yaml alone, which is not checked: for whoever knows that it was found to be
 * right before, and need not know more. Undefined where the text does not say, or a variable is not set.
 */
export function targetInUse(text: string, env: Environment, asked: string | undefined): Target | undefined {
  const data = parseYaml(text, new LineCounter())?.toJS() as Partial<RawProject> | null | undefined;
  const name = asked ?? data?.engine ?? "";
  const raw = Object.hasOwn(data?.targets ?? {}, name) ? data?.targets?.[name] : undefined;
  if (typeof raw !== "object" || raw === null) return undefined;
  const { target, missing } = expandedTarget(name, raw, env);
  return missing.length === 0 ? target : undefined;
}
