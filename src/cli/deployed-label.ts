import type { CompiledObject } from "../compile/catalog.js";
import { compileProject } from "../compile/compile-project.js";
import { FeatureError } from "../errors.js";
import { openRegistryReader } from "../registry/reader.js";
import type { TableName } from "../schema/object.js";
import type { LabelSpec } from "../spec/model.js";
import { suggest } from "../spec/suggest.js";
import type { Context } from "./context.js";

export interface DeployedLabel {
  readonly label: LabelSpec;
  readonly object: CompiledObject;
  /** The live version of the view that its price is of. */
  readonly prices: TableName;
}

/** Labels of the specs, all of them when none is named, whose live versions are what the specs compile into. */
export async function deployedLabels(
  { engine, project, specs }: Context,
  names: readonly string[],
): Promise<DeployedLabel[]> {
  const known = specs.labels.map((one) => one.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = suggest(name, known);
    const hint = near === undefined ? `Labels: ${known.join(", ") || "none"}.` : `Did you mean ${near}?`;
    throw new FeatureError("FS_CLI_USAGE", `The project has no label ${name}.`, { object: name, hint });
  }
  const deployed = await openRegistryReader(engine, project.databases.registry).required();
  const { objects } = compileProject(specs, deployed.objects);
  const find = (kind: CompiledObject["kind"], name: string): CompiledObject | undefined =>
    objects.find((one) => one.kind === kind && one.name === name);
  const isLive = ({ kind, name, dataHash }: CompiledObject): boolean =>
    deployed.objects.some(
      (one) => one.kind === kind && one.name === name && one.dataHash === dataHash && one.state === "live",
    );
  const wanted =
    names.length === 0
      ? specs.labels
      : names.flatMap((name) => specs.labels.filter((one) => one.name === name));
  return wanted.map((label) => {
    const object = find("label", label.name);
    const view = find("view", label.price.view);
    if (object === undefined || view?.storage === undefined || !isLive(object) || !isLive(view)) {
      const message = `The label ${label.name} is not deployed as the specs say.`;
      throw new FeatureError("FS_CLI_NOT_APPLIED", message, { object: label.name, at: label.at });
    }
    return { label, object, prices: view.storage.table };
  });
}
