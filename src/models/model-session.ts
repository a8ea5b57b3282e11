/** An ONNX file in memory, ready to run on this thread. Only this file and session-worker.mjs talk to ONNX Runtime. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { FeatureError } from "../errors.js";
import type { InputTensor } from "./input-plan.js";

/** A size, or the name of one that the caller chooses. */
export type FileDimension = number | string;

export interface FileValue {
  readonly name: string;
  /** ONNX Runtime's word, such as float32; undefined for what is no tensor. */
  readonly type: string | undefined;
  readonly shape: readonly FileDimension[];
}

export interface SessionOptions {
  /** Threads that one run may use. */
  readonly threads: number;
  /** For messages: the file's name. */
  readonly object: string;
}

export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What can run a model, on whatever thread. */
export interface OnnxSession {
  readonly inputs: readonly FileValue[];
  readonly outputs: readonly FileValue[];
  /** True when one run may hold several windows. */
  readonly batches: boolean;
  /** Runs the named outputs. Calls may overlap. */
  run(inputs: readonly InputTensor[], outputs: readonly string[]): Promise<OutputTensor[]>;
  release(): Promise<void>;
}

export type ValueMetadata = InferenceSession.ValueMetadata;

export class ModelSession implements OnnxSession {
  readonly inputs: readonly FileValue[];
  readonly outputs: readonly FileValue[];
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.inputs = session.inputMetadata.map(fileValue);
    this.outputs = session.outputMetadata.map(fileValue);
  }

  /** @throws FeatureError FS_MODEL_FILE when the bytes are no model that ONNX Runtime can run */
  static async open(bytes: Uint8Array, options: SessionOptions): Promise<ModelSession> {
    try {
      return new ModelSession(await InferenceSession.create(bytes, runtimeOptions(options)));
    } catch (cause) {
      throw new FeatureError("FS_MODEL_FILE", `ONNX Runtime can not load it: ${firstLine(cause)}`, {
        object: options.object,
        cause,
      });
    }
  }

  get batches(): boolean {
    return hasOpenBatch(this.inputs);
  }

  async run(inputs: readonly InputTensor[], outputs: readonly string[]): Promise<OutputTensor[]> {
    const feeds: Record<string, Tensor> = {};
    for (const { name, dims, data } of inputs) feeds[name] = new Tensor("float32", data, dims);
    const results = await this.#session.run(feeds, outputs);
    return outputs.map((name) => {
      const result = results[name];
      if (result === undefined) throw new FeatureError("FS_INTERNAL", `a run gave no output ${name}`);
      return { dims: result.dims, data: result.data as Float32Array };
    });
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

export function runtimeOptions({ threads }: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // Its warnings go straight to stderr.
    logSeverityLevel: 4,
  };
}

export function hasOpenBatch(inputs: readonly FileValue[]): boolean {
  return inputs.every(({ shape }) => typeof shape[0] === "string");
}

export function fileValue(metadata: ValueMetadata): FileValue {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type, shape: metadata.shape }
    : { name: metadata.name, type: undefined, shape: [] };
}

export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}
