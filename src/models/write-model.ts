import { editYaml } from "../spec/edit-yaml.js";
import type { ModelContract } from "../spec/model-contract.js";
import type { ModelFolder } from "./model-folder.js";
import type { ModelSample } from "./model-sample.js";

export interface ModelFiles {
  readonly contract: ModelContract & { readonly sample: string };
  readonly bytes: Uint8Array;
  readonly sample: ModelSample;
  /** The contract's text when there is none yet; one that is there keeps what people wrote into it. */
  readonly newText: string;
  readonly isKnown: boolean;
}

/** Writes a model's file, its contract and its sample into models/; returns their names. */
export async function writeModel(
  folder: ModelFolder,
  { contract, bytes, sample, newText, isKnown }: ModelFiles,
): Promise<string[]> {
  const { name, version, file, vector, inputs, normalise, outputs } = contract;
  const yaml = `${name}.yaml`;
  await folder.write(file, bytes);
  await folder.write(contract.sample, `${JSON.stringify(sample)}\n`);
  const text = isKnown ? (await folder.read(yaml)).toString() : newText;
  await folder.write(
    yaml,
    editYaml(text, [
      { path: ["version"], value: version },
      { path: ["file"], value: file },
      { path: ["sha256"], value: undefined },
      { path: ["vector"], value: vector },
      { path: ["inputs"], value: inputs.map(({ name, shape, features }) => ({ name, shape, features })) },
      { path: ["normalise"], value: normalise && { mean: normalise.mean, scale: normalise.scale } },
      { path: ["outputs"], value: { probabilities: outputs.probabilities } },
      { path: ["sample"], value: contract.sample },
    ]),
  );
  return [file, yaml, contract.sample];
}
