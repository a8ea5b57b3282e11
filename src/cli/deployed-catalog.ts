import type { Catalog } from "../compile/catalog.js";
import { compileProject } from "../compile/compile-project.js";
import { FeatureError } from "../errors.js";
import type { DeployedState } from "../plan/deployed.js";
import { openRegistryReader } from "../registry/reader.js";
import type { Context } from "./context.js";

/** What the specs compile into, once the target is known to have it. */
export async function deployedCatalog({
  engine,
  project,
  specs,
  target,
}: Context): Promise<{ readonly catalog: Catalog; readonly deployed: DeployedState }> {
  const deployed = await openRegistryReader(engine, project.databases.registry).required();
  const catalog = compileProject(specs, deployed.objects);
  const missing = notDeployed(catalog, deployed);
  if (missing.length === 0) return { catalog, deployed };
  throw new FeatureError(
    "FS_CLI_NOT_APPLIED",
    `The target does not have these as the specs say: ${missing.join(", ")}.`,
    { object: target.name },
  );
}

function notDeployed(catalog: Catalog, { objects }: DeployedState): string[] {
  // After a rollback the specs' version is a retired one: it is fed like the live one.
  const fed = new Set(
    objects
      .filter(({ state }) => state === "live" || state === "retired")
      .map(({ kind, name, dataHash }) => `${kind} ${name} ${dataHash}`),
  );
  return catalog.objects
    .filter(({ kind, name, dataHash }) => !fed.has(`${kind} ${name} ${dataHash}`))
    .map(({ kind, name }) => `${kind} ${name}`);
}
