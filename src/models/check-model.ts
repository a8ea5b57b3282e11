import type { VectorIdentity } from "../compile/vector-identity.js";
import { FeatureError } from "../errors.js";
import type { VectorSpec } from "../spec/model.js";
import type { ModelContract } from "../spec/model-contract.js";
import { LoadedModel, sha256Of } from "./loaded-model.js";
import type { ModelFolder } from "./model-folder.js";
import { checkSample, type ModelSample } from "./model-sample.js";

export interface ModelCheck {
  readonly model: string;
  readonly version: number;
  readonly file: string;
  /** Of the file; null when it is not there. */
  readonly sha256: string | null;
  readonly vector: string;
  /** Of the vector as it is in the specs. */
  readonly signature: string;
  readonly fingerprint: string;
  /** Windows of the stored sample that were run again. */
  readonly sampled: number;
  /** Why it is not served; empty when all agree. */
  readonly mismatches: readonly string[];
  /** What people should know although it is served. */
  readonly notes: readonly string[];
}

export interface CheckedModel {
  readonly contract: ModelContract;
  readonly vector: VectorSpec;
  readonly identity: VectorIdentity;
}

/** Compares a contract with its file, its vector and its sample. */
export async function checkModel(
  { contract, vector, identity }: CheckedModel,
  folder: ModelFolder,
): Promise<ModelCheck> {
  const mismatches: string[] = [];
  const notes: string[] = [];
  const { signature, fingerprint } = contract.vector;
  if (signature !== undefined && !identity.signature.startsWith(signature)) {
    mismatches.push(
      `the contract is for the signature ${signature.slice(0, 8)}, but vector ${vector.name} now has ${identity.signature.slice(0, 8)}: its features, their order or their NULL rules changed`,
    );
  }
  if (fingerprint !== undefined && !identity.fingerprint.startsWith(fingerprint)) {
    notes.push(
      `it was trained on the version ${fingerprint.slice(0, 8)} of ${vector.name} and stays on it; the specs now give ${identity.fingerprint.slice(0, 8)}`,
    );
  }
  let sha256: string | null = null;
  let sampled = 0;
  try {
    const bytes = await folder.read(contract.file);
    sha256 = sha256Of(bytes);
    const model = await LoadedModel.open(contract, vector, bytes);
    try {
      if (contract.sample === undefined) notes.push("it has no sample of inputs and answers");
      else {
        const sample = await readSample(folder, contract.sample);
        await checkSample(model, sample);
        sampled = sample.windows.length;
      }
      if (!model.batches) notes.push("the file's batch is fixed, so instruments are run one by one");
    } finally {
      await model.release();
    }
  } catch (error) {
    if (!(error instanceof FeatureError)) throw error;
    if (error.code !== "FS_MODEL_FILE" && error.code !== "FS_MODEL_MISMATCH") throw error;
    mismatches.push(error.message);
  }
  const { name: model, version, file } = contract;
  return {
    model,
    version,
    file,
    sha256,
    vector: vector.name,
    signature: identity.signature,
    fingerprint: identity.fingerprint,
    sampled,
    mismatches,
    notes,
  };
}

async function readSample(folder: ModelFolder, file: string): Promise<ModelSample> {
  const text = (await folder.read(file)).toString();
  try {
    return JSON.parse(text) as ModelSample;
  } catch (cause) {
    throw new FeatureError("FS_MODEL_FILE", `models/${file} is no JSON`, { object: file, cause });
  }
}

/** All mismatches as one error. */
export function refuseMismatches(check: ModelCheck, contract: ModelContract): void {
  if (check.mismatches.length === 0) return;
  throw new FeatureError("FS_MODEL_MISMATCH", check.mismatches.join("\n"), {
    object: check.model,
    at: contract.at,
  });
}
