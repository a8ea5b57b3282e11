/** A contract against the file that it is about: names, types, shapes, and what a run really gives. */
import type { ModelContract } from "../spec/model-contract.js";
import { buildInputs, type InputPlan } from "./input-plan.js";
import { type ModelRow, packRow } from "./model-row.js";
import type { FileDimension, FileValue, OnnxSession } from "./model-session.js";

/** One difference, as a sentence. */
export type Mismatch = string;

export async function checkFile(
  contract: ModelContract,
  plan: InputPlan,
  session: OnnxSession,
): Promise<Mismatch[]> {
  const found = [...checkInputs(contract, session.inputs), ...checkOutputs(contract, session.outputs)];
  // A run of inputs that the file does not have would only say the same again, less clearly.
  return found.length > 0 ? found : checkRun(contract, plan, session);
}

function checkInputs({ inputs }: ModelContract, inFile: readonly FileValue[]): Mismatch[] {
  const missing = inputs
    .filter(({ name }) => !inFile.some((value) => value.name === name))
    .map(({ name }) => `the file has no input ${name}; it has ${names(inFile)}`);
  const others = inFile
    .filter((value) => !inputs.some(({ name }) => name === value.name))
    .map(({ name }) => `the contract says nothing of the file's input ${name}`);
  const shapes = inputs.flatMap(({ name, shape }): Mismatch[] => {
    const value = inFile.find((candidate) => candidate.name === name);
    if (value === undefined) return [];
    if (value.type !== "float32") {
      return [`input ${name} of the file is ${value.type ?? "no tensor"}; only float32 is fed`];
    }
    const fits =
      value.shape.length === shape.length && value.shape.every((size, at) => sizesFit(size, shape[at]));
    return fits
      ? []
      : [`input ${name} has the shape ${shown(value.shape)} in the file, ${shown(shape)} in the contract`];
  });
  return [...missing, ...others, ...shapes];
}

function checkOutputs(contract: ModelContract, inFile: readonly FileValue[]): Mismatch[] {
  return wantedOutputs(contract).flatMap(({ name, width }): Mismatch[] => {
    const value = inFile.find((candidate) => candidate.name === name);
    if (value === undefined) return [`the file has no output ${name}; it has ${names(inFile)}`];
    if (value.type !== "float32")
      return [`output ${name} of the file is ${value.type ?? "no tensor"}, not float32`];
    const last = value.shape.at(-1);
    const fits = width === 1 || (value.shape.length === 2 && sizesFit(last ?? 0, width));
    return fits
      ? []
      : [`output ${name} has the shape ${shown(value.shape)} in the file, for ${width} classes`];
  });
}

/** Shapes that a file declares may be wrong: two windows, or one where the batch is fixed, say what comes out. */
async function checkRun(contract: ModelContract, plan: InputPlan, session: OnnxSession): Promise<Mismatch[]> {
  const batch = session.batches ? 2 : 1;
  const wanted = wantedOutputs(contract);
  try {
    const windows = Array.from({ length: batch }, () => blankWindow(plan));
    const outputs = await session.run(
      buildInputs(plan, windows),
      wanted.map(({ name }) => name),
    );
    return wanted.flatMap(({ name, width }, place): Mismatch[] => {
      const { dims, data } = outputs[place] ?? { dims: [], data: [] };
      if (data.length === batch * width && dims[0] === batch) return [];
      return [`output ${name} comes as ${shown(dims)} for ${batch} rows, not as ${shown([batch, width])}`];
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return [`it does not run: ${text.split("\n", 1)[0]}`];
  }
}

/** As many rows as the model needs, each feature at its mean. */
export function blankWindow(plan: InputPlan): ModelRow[] {
  return Array.from({ length: plan.steps }, (_, step) =>
    packRow([...plan.mean], { bucketId: step + 1, availableAt: 0 }),
  );
}

function wantedOutputs({ outputs }: ModelContract): { readonly name: string; readonly width: number }[] {
  const { probabilities, value } = outputs;
  return [
    ...(probabilities === undefined
      ? []
      : [{ name: probabilities.name, width: probabilities.classes.length }]),
    ...(value === undefined ? [] : [{ name: value.name, width: 1 }]),
  ];
}

/** A size that the file leaves open fits any. */
function sizesFit(inFile: FileDimension, wanted: FileDimension | undefined): boolean {
  return typeof inFile === "string" || inFile === wanted || inFile <= 0;
}

function names(values: readonly FileValue[]): string {
  return values.map(({ name }) => name).join(", ") || "none";
}

function shown(shape: readonly FileDimension[]): string {
  return `[${shape.join(", ")}]`;
}
