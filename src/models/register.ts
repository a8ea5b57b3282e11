/** `feature models register`: from a contract to a version that can be served. */

import { vectorColumnName } from "../compile/vector.js";
import { vectorIdentity } from "../compile/vector-identity.js";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { DeployedObject, DeployedState } from "../plan/deployed.js";
import { openRegistryWriter } from "../registry/writer.js";
import { editYaml, type YamlEdit } from "../spec/edit-yaml.js";
import type { VectorSpec } from "../spec/model.js";
import type { ModelContract } from "../spec/model-contract.js";
import { checkModel, refuseMismatches } from "./check-model.js";
import { LoadedModel } from "./loaded-model.js";
import type { ModelFolder } from "./model-folder.js";
import { putModel, putRollout, readModels } from "./model-registry.js";
import { plainWindows, takeSample } from "./model-sample.js";
import type { RegisteredModel } from "./registered-model.js";
import { pinOf } from "./roll-out.js";

export interface RegisterRequest {
  readonly engine: Engine;
  /** The registry's database. */
  readonly database: string;
  readonly contract: ModelContract;
  readonly vector: VectorSpec;
  readonly folder: ModelFolder;
  /** For the history: who does it. */
  readonly by: string;
}

export interface Registration {
  readonly model: string;
  readonly version: number;
  readonly sha256: string;
  readonly vector: string;
  readonly signature: string;
  readonly fingerprint: string;
  readonly stage: string;
  /** False when this very version was registered before; what may change of it was brought up to date. */
  readonly isNew: boolean;
  readonly notes: readonly string[];
}

/**
 * Checks the contract, writes hashes into its file, pins the vector's version and stores all that serving needs. Doing it again changes
 * nothing.
 */
export async function registerModel(request: RegisterRequest): Promise<Registration> {
  const { engine, database, contract, vector, folder, by } = request;
  const registry = openRegistryWriter(engine, database);
  const version = vectorVersion(await registry.required(), contract, vector);
  const identity = vectorIdentity(vector, version);
  const check = await checkModel({ contract, vector, identity }, folder);
  refuseMismatches(check, contract);
  const { name, features, maxAgeMs, history, lagMs, clock } = vector;
  const sha256 = check.sha256 ?? "";
  const model: Omit<RegisteredModel, "registeredAt"> = {
    contract: {
      ...contract,
      sha256,
      sample: contract.sample ?? `${contract.name}_v${contract.version}.sample.json`,
    },
    vector: { name, features, maxAgeMs, history, lagMs, clock },
    ...identity,
  };
  await registry.bootstrap();
  const isNew = await refuseOtherVersion(engine, database, model);
  if (contract.sample === undefined) await writeSample(model, folder);
  await writeContract(model, folder);
  await registry.pin(pinOf(model));
  await putModel(engine, database, model);
  if (isNew) {
    const event = { action: "register", version: contract.version, stage: contract.rollout } as const;
    await putRollout(engine, database, contract.name, event, by);
  }
  return {
    model: contract.name,
    version: contract.version,
    sha256,
    vector: vector.name,
    ...identity,
    stage: contract.rollout.kind,
    isNew,
    notes: check.notes.filter((note) => !note.includes("no sample")),
  };
}

/** The version that the contract names, or the one that is live now. */
function vectorVersion(
  { objects }: DeployedState,
  { name, at, vector: wanted }: ModelContract,
  vector: VectorSpec,
): DeployedObject {
  const versions = objects.filter((one) => one.kind === "vector" && one.name === vector.name);
  const { fingerprint } = wanted;
  const found = versions.find(({ dataHash, state }) =>
    fingerprint === undefined ? state === "live" : dataHash.startsWith(fingerprint),
  );
  const refuse = (message: string, hint: string): never => {
    throw new FeatureError("FS_MODEL_MISMATCH", message, { object: name, at, hint });
  };
  if (found === undefined) {
    const which =
      fingerprint === undefined ? "is not deployed" : `has no version ${fingerprint.slice(0, 8)} here`;
    return refuse(
      `vector ${vector.name} ${which}`,
      "Run `feature apply`; or train the model on the version that is deployed.",
    );
  }
  const stored = found.columns.filter(({ feature }) => feature).map((column) => column.name);
  const inSpec = vector.features.map(({ view, column }) => vectorColumnName(view, column));
  if (stored.join() === inSpec.join()) return found;
  return refuse(
    `vector ${vector.name} has other features in the specs than in the version ${found.dataHash.slice(0, 8)}`,
    "A new contract is a new vector: give the changed one a new name.",
  );
}

async function refuseOtherVersion(
  engine: Engine,
  database: string,
  model: Omit<RegisteredModel, "registeredAt">,
): Promise<boolean> {
  const { name, version, sha256, at } = model.contract;
  const known = (await readModels(engine, database)).find((one) => one.model === name);
  const same = known?.versions.find((one) => one.contract.version === version);
  if (same === undefined) return true;
  if (same.contract.sha256 === sha256 && same.fingerprint === model.fingerprint) return false;
  throw new FeatureError(
    "FS_MODEL_VERSION",
    `Version ${version} of ${name} was registered with the file ${same.contract.sha256.slice(0, 8)} on ${same.fingerprint.slice(0, 8)}; this one is ${sha256.slice(0, 8)} on ${model.fingerprint.slice(0, 8)}.`,
    { object: name, at },
  );
}

async function writeSample(
  { contract, vector }: Omit<RegisteredModel, "registeredAt">,
  folder: ModelFolder,
): Promise<void> {
  const model = await LoadedModel.open(contract, vector, await folder.read(contract.file));
  const sample = await takeSample(model, plainWindows(model));
  await model.release();
  await folder.write(contract.sample ?? "", `${JSON.stringify(sample)}\n`);
}

async function writeContract(
  { contract, signature, fingerprint }: Omit<RegisteredModel, "registeredAt">,
  folder: ModelFolder,
): Promise<void> {
  const file = `${contract.name}.yaml`;
  const edits: YamlEdit[] = [
    { path: ["sha256"], value: contract.sha256 },
    { path: ["vector", "signature"], value: signature },
    { path: ["vector", "fingerprint"], value: fingerprint },
    { path: ["sample"], value: contract.sample },
  ];
  await folder.write(file, editYaml((await folder.read(file)).toString(), edits));
}
