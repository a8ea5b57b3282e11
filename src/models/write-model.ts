import { editYaml } from "../spec/edit-yaml.js";
import type { ModelContract } from "../spec/model-contract.js";
import type { ModelFolder } from "./model-folder.js";
import type { ModelSample } from "./model-sample.js";

export interface ModelFiles {
  readonly contract: ModelContract & { readonly sample: string };
  readonly bytes: Uint8Array;
  readonly sample: ModelSample;
  /** Of the contract when there is none yet: a comment and a description. One that is there keeps what people wrote into it. */
  readonly made: NewContract;
  readonly isKnown: boolean;
}

interface NewContract {
  readonly comment: string;
  readonly description: string;
}

/** Writes a model's file, its contract and its sample into models/; returns their names. */
export async function writeModel(
  folder: ModelFolder,
  { contract, bytes, sample, made, isKnown }: ModelFiles,
): Promise<string[]> {
  const { name, version, file, vector, inputs, normalise, outputs } = contract;
  const yaml = `${name}.yaml`;
  await folder.write(file, bytes);
  await folder.write(contract.sample, `${JSON.stringify(sample)}\n`);
  const text = isKnown ? (await folder.read(yaml)).toString() : newText(name, vector.name, made);
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

function newText(name: string, vector: string, { comment, description }: NewContract): string {
  return [
    "# yaml-language-server: $schema=../schemas/model.schema.json",
    `# ${comment}`,
    `model: ${name}`,
    `description: ${description}`,
    "version: 1",
    `file: ${name}.onnx`,
    `vector: { name: ${vector} }`,
    "inputs: []",
    "outputs: {}",
    "timeout: 50ms",
    "rollout: { stage: shadow } # where a new version starts; `feature models promote` moves it on",
    "",
  ].join("\n");
}
