/** models/<name>.yaml → ModelContract; whether its vector and its features exist is checked in model-references.ts. */
import { pointerTo } from "./json-pointer.js";
import type { DecisionSpec, ModelContract, ModelInput, RolloutStage } from "./model-contract.js";
import type { SpecReader } from "./spec-reader.js";

interface RawModel {
  readonly model: string;
  readonly description?: string;
  readonly version: number;
  readonly file: string;
  readonly sha256?: string;
  readonly vector: { readonly name: string; readonly signature?: string; readonly fingerprint?: string };
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly features: "all" | readonly string[];
  }[];
  readonly normalise?: { readonly mean: readonly number[]; readonly scale: readonly number[] };
  readonly outputs: {
    readonly probabilities?: { readonly name: string; readonly classes: readonly number[] };
    readonly value?: { readonly name: string };
  };
  readonly timeout?: string;
  readonly threads?: number;
  readonly fallback?: string;
  readonly sample?: string;
  readonly rollout?: { readonly stage: "shadow" | "live" | { readonly canary: number } };
  readonly decision?: RawDecision;
}

interface RawDecision {
  readonly tau: number;
  readonly cost: { readonly fee_bps: number; readonly slippage_bps: number };
  readonly reward:
    | { readonly bps: number }
    | { readonly bps?: undefined; readonly feature: string; readonly times?: number };
  readonly k?: number;
  readonly guards?: {
    readonly spread?: { readonly feature: string; readonly max_bps: number };
    readonly max_data_age?: string;
  };
  readonly size?: { readonly base: number; readonly max?: number };
}

const defaultTimeoutMs = 50;

export function readModelFile(reader: SpecReader): ModelContract {
  const raw = reader.file.data as RawModel;
  const { probabilities, value } = raw.outputs;
  const timeoutMs = reader.duration("/timeout", raw.timeout, defaultTimeoutMs);
  if (timeoutMs === 0) {
    reader.add("FS_SPEC_VALUE", "a time-out of 0 lets no model answer", reader.file.at("/timeout"));
  }
  checkNormalise(reader, raw);
  return {
    kind: "model",
    name: raw.model,
    description: raw.description ?? "",
    version: raw.version,
    file: raw.file,
    sha256: raw.sha256,
    vector: {
      name: raw.vector.name,
      signature: raw.vector.signature,
      fingerprint: raw.vector.fingerprint,
    },
    inputs: readInputs(reader, raw),
    normalise: raw.normalise,
    outputs: { probabilities, value },
    timeoutMs,
    threads: raw.threads ?? 1,
    fallback: raw.fallback,
    sample: raw.sample,
    rollout: stageOf(raw.rollout?.stage ?? "shadow"),
    decision: raw.decision === undefined ? undefined : readDecision(reader, raw.decision, raw),
    at: reader.file.keyAt("/model"),
  };
}

function readInputs(reader: SpecReader, raw: RawModel): ModelInput[] {
  const names = new Set<string>();
  return raw.inputs.map(({ name, shape, features }, index) => {
    const pointer = pointerTo("/inputs", index);
    const at = reader.file.at(pointer);
    if (names.has(name)) reader.add("FS_SPEC_DUPLICATE", `the input ${name} is written twice`, at);
    names.add(name);
    const place = reader.file.at(pointerTo(pointer, "shape"));
    if (shape[0] !== 1) {
      const message = `the shape of input ${name} begins with ${shape[0]}, not with 1, which stands for the batch`;
      reader.add("FS_SPEC_VALUE", message, place, `Write [1, ${shape.slice(1).join(", ")}].`);
    }
    if (features !== "all") {
      const twice = features.find((feature, at) => features.indexOf(feature) !== at);
      if (twice !== undefined) {
        reader.add("FS_SPEC_DUPLICATE", `${twice} stands in the input ${name} twice`, at);
      }
      if (shape.at(-1) !== features.length) {
        const message = `input ${name} names ${features.length} features, but its shape ends in ${shape.at(-1)}`;
        reader.add(
          "FS_SPEC_VALUE",
          message,
          place,
          "Let the last number of the shape be that of the features.",
        );
      }
    }
    return { name, shape, features, at };
  });
}

function checkNormalise(reader: SpecReader, { normalise }: RawModel): void {
  if (normalise === undefined || normalise.mean.length === normalise.scale.length) return;
  reader.add(
    "FS_SPEC_VALUE",
    `normalise has ${normalise.mean.length} means, but ${normalise.scale.length} scales`,
    reader.file.at("/normalise"),
    "Give both for every feature of the vector, in its order.",
  );
}

function stageOf(stage: NonNullable<RawModel["rollout"]>["stage"]): RolloutStage {
  return typeof stage === "string" ? { kind: stage } : { kind: "canary", percent: stage.canary };
}

function readDecision(reader: SpecReader, raw: RawDecision, model: RawModel): DecisionSpec {
  const { reward, guards = {}, size = { base: 1 } } = raw;
  if (model.outputs.probabilities === undefined) {
    const message = "a decision is made from probabilities, but the model has only a value";
    reader.add(
      "FS_SPEC_VALUE",
      message,
      reader.file.at("/decision"),
      "Name its output under probabilities:.",
    );
  }
  return {
    tau: raw.tau,
    feeBps: raw.cost.fee_bps,
    slippageBps: raw.cost.slippage_bps,
    reward:
      reward.bps === undefined
        ? { kind: "feature", feature: reward.feature, times: reward.times ?? 1 }
        : { kind: "constant", bps: reward.bps },
    k: raw.k ?? 2,
    spread: guards.spread && { feature: guards.spread.feature, maxBps: guards.spread.max_bps },
    maxDataAgeMs:
      guards.max_data_age === undefined
        ? undefined
        : reader.duration("/decision/guards/max_data_age", guards.max_data_age, 0),
    size: { base: size.base, max: size.max },
  };
}
