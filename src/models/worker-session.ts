/** An ONNX file on a thread of its own: a run there leaves this thread free, so that a time-out can fire. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { FeatureError } from "../errors.js";
import type { InputTensor } from "./input-plan.js";
import {
  type FileValue,
  fileValue,
  firstLine,
  hasOpenBatch,
  type OnnxSession,
  type OutputTensor,
  runtimeOptions,
  type SessionOptions,
  type ValueMetadata,
} from "./model-session.js";

interface Ready {
  readonly inputs: readonly ValueMetadata[];
  readonly outputs: readonly ValueMetadata[];
}

interface Answer {
  readonly id: number;
  readonly results?: readonly OutputTensor[];
  readonly failure?: string;
}

interface Waiting {
  readonly resolve: (results: OutputTensor[]) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerSession implements OnnxSession {
  readonly inputs: readonly FileValue[];
  readonly outputs: readonly FileValue[];
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #failure: Error | undefined;

  private constructor(worker: Worker, { inputs, outputs }: Ready) {
    this.#worker = worker;
    this.inputs = inputs.map(fileValue);
    this.outputs = outputs.map(fileValue);
    worker.on("message", (answer: Answer) => this.#take(answer));
    worker.on("error", (error) => this.#fail(error));
    worker.on("exit", () => this.#fail(new Error("the model's thread has ended")));
    // Who waits for a run keeps the process alive; a thread that has nothing to do does not.
    worker.unref();
  }

  /** @throws FeatureError FS_MODEL_FILE when the bytes are no model that ONNX Runtime can run */
  static async open(bytes: Uint8Array, options: SessionOptions): Promise<WorkerSession> {
    const worker = new Worker(new URL("./session-worker.mjs", import.meta.url), {
      workerData: { bytes, options: runtimeOptions(options) },
    });
    try {
      const [ready] = (await once(worker, "message")) as [Ready];
      return new WorkerSession(worker, ready);
    } catch (cause) {
      await worker.terminate();
      throw new FeatureError("FS_MODEL_FILE", `ONNX Runtime can not load it: ${firstLine(cause)}`, {
        object: options.object,
        cause,
      });
    }
  }

  get batches(): boolean {
    return hasOpenBatch(this.inputs);
  }

  /** Runs that overlap are done one after the other. The inputs are copied before this returns its promise. */
  run(inputs: readonly InputTensor[], outputs: readonly string[]): Promise<OutputTensor[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, inputs, outputs });
    });
  }

  /** Waits until the thread has ended, so also for a run that is under way. */
  async release(): Promise<void> {
    await this.#worker.terminate();
  }

  #take({ id, results, failure }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (results !== undefined) waiting?.resolve([...results]);
    else waiting?.reject(new Error(failure ?? "the model's thread gave no answer"));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
