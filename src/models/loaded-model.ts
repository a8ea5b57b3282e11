import { createHash } from "node:crypto";
import { FeatureError } from "../errors.js";
import type { VectorSpec } from "../spec/model.js";
import type { ModelContract } from "../spec/model-contract.js";
import { blankWindow, checkFile } from "./check-file.js";
import { buildInputs, type InputPlan, type InputTensor, planInputs } from "./input-plan.js";
import type { ModelRow } from "./model-row.js";
import { ModelSession, type OnnxSession, type OutputTensor, type SessionOptions } from "./model-session.js";
import { WorkerSession } from "./worker-session.js";

/** What of a vector a model's input depends on; a registered model keeps its own copy. */
export type ModelVector = Pick<VectorSpec, "name" | "features" | "maxAgeMs" | "history" | "lagMs" | "clock">;

/** What a model says about one window; probabilities in the order of the contract's classes. */
export interface ModelAnswer {
  readonly probabilities: readonly number[] | undefined;
  readonly value: number | undefined;
}

export interface TimedAnswers {
  readonly answers: readonly ModelAnswer[];
  /** Building tensors, and ONNX Runtime; microseconds. */
  readonly assembleUs: number;
  readonly runUs: number;
}

/**
 * Where a model runs. `here`: on this thread, which waits for it. `apart if slow`: on a thread of its own when the most that a
 * request can ask takes more than a tenth of the contract's time-out, so that it is broken off; another thread costs each run more.
 */
export type ModelPlace = "here" | "apart if slow";

const warmUpRuns = 3;
/** Instruments of one request over HTTP. */
const mostWindows = 200;
const slowShare = 0.1;
/** Sizes of batches, and batches of a size, whose memory is kept. */
const mostSpare = 4;

/** A model that was checked against its contract and warmed up. */
export class LoadedModel {
  readonly contract: ModelContract;
  readonly vector: ModelVector;
  readonly plan: InputPlan;
  /** Runs on a thread of its own. */
  readonly isApart: boolean;
  readonly #session: OnnxSession;
  readonly #outputs: readonly string[];
  readonly #running = new Set<Promise<unknown>>();
  /** Tensors of runs that ended, by how many windows they hold: memory that was just used costs a run less than new memory. */
  readonly #spare = new Map<number, (readonly InputTensor[])[]>();

  private constructor(contract: ModelContract, vector: ModelVector, plan: InputPlan, session: OnnxSession) {
    this.contract = contract;
    this.vector = vector;
    this.plan = plan;
    this.#session = session;
    this.isApart = session instanceof WorkerSession;
    const { probabilities, value } = contract.outputs;
    this.#outputs = [probabilities?.name, value?.name].filter((name) => name !== undefined);
  }

  /**
   * @throws FeatureError FS_MODEL_FILE when the bytes are not those that the contract names, or no model;
   *   FS_MODEL_MISMATCH when the file is not what the contract says
   */
  static async open(
    contract: ModelContract,
    vector: ModelVector,
    bytes: Uint8Array,
    place: ModelPlace = "here",
  ): Promise<LoadedModel> {
    const { name, file, sha256, threads } = contract;
    const found = sha256Of(bytes);
    if (sha256 !== undefined && sha256 !== found) {
      throw new FeatureError(
        "FS_MODEL_FILE",
        `${file} has the SHA-256 ${found}, the contract says ${sha256}`,
        {
          object: name,
          at: contract.at,
        },
      );
    }
    const options = { threads, object: file };
    const plan = planInputs(contract, vector);
    const here = await ModelSession.open(bytes, options);
    const session =
      place === "apart if slow" && (await LoadedModel.#isSlow(new LoadedModel(contract, vector, plan, here)))
        ? await moved(here, bytes, options)
        : here;
    const mismatches = await checkFile(contract, plan, session);
    if (mismatches.length > 0) {
      await session.release();
      throw new FeatureError("FS_MODEL_MISMATCH", mismatches.join("; "), { object: name, at: contract.at });
    }
    const model = new LoadedModel(contract, vector, plan, session);
    for (let run = 0; run < warmUpRuns; run++) await model.answer([blankWindow(plan)]);
    return model;
  }

  /** Measured with as much as a request can ask; a model that does not run at all is for `checkFile` to tell of. */
  static async #isSlow(model: LoadedModel): Promise<boolean> {
    const limitUs = model.contract.timeoutMs * slowShare * 1000;
    try {
      // The first run is slower than any later one: it alone tells of a model that is far too slow only.
      const { runUs: first } = await model.answer([blankWindow(model.plan)]);
      if (first > 10 * limitUs) return true;
      const { runUs } = await model.answer(
        Array.from({ length: mostWindows }, () => blankWindow(model.plan)),
      );
      return runUs > limitUs;
    } catch {
      return false;
    }
  }

  /** True when several windows go into one run. */
  get batches(): boolean {
    return this.#session.batches;
  }

  /** Answers windows that `refuseWindow` accepts, in their order. The rows are read before this returns its promise. */
  answer(windows: readonly (readonly ModelRow[])[]): Promise<TimedAnswers> {
    const begun = performance.now();
    const parts = this.batches || windows.length < 2 ? [windows] : windows.map((window) => [window]);
    const tensors = parts.map((part) => buildInputs(this.plan, part, this.#spare.get(part.length)?.pop()));
    const run = this.#run(parts, tensors, begun, performance.now());
    const ended: Promise<unknown> = run.then(
      () => this.#running.delete(ended),
      () => this.#running.delete(ended),
    );
    this.#running.add(ended);
    return run;
  }

  async #run(
    parts: readonly (readonly (readonly ModelRow[])[])[],
    tensors: readonly (readonly InputTensor[])[],
    begun: number,
    built: number,
  ): Promise<TimedAnswers> {
    const answers: ModelAnswer[] = [];
    for (const [place, part] of parts.entries()) {
      const inputs = tensors[place] ?? [];
      const outputs = await this.#session.run(inputs, this.#outputs);
      answers.push(...this.#read(outputs, part.length));
      this.#keep(part.length, inputs);
    }
    const done = performance.now();
    return { answers, assembleUs: (built - begun) * 1000, runUs: (done - built) * 1000 };
  }

  #keep(windows: number, tensors: readonly InputTensor[]): void {
    const kept = this.#spare.get(windows);
    if (kept === undefined) {
      if (this.#spare.size < mostSpare) this.#spare.set(windows, [tensors]);
    } else if (kept.length < mostSpare) kept.push(tensors);
  }

  #read(outputs: readonly OutputTensor[], windows: number): ModelAnswer[] {
    const { probabilities, value } = this.contract.outputs;
    const classes = probabilities?.classes.length ?? 0;
    const first = probabilities === undefined ? undefined : outputs[0]?.data;
    const last = value === undefined ? undefined : outputs.at(-1)?.data;
    const answers: ModelAnswer[] = [];
    for (let window = 0; window < windows; window++) {
      const end = (window + 1) * classes;
      const given: number[] = [];
      for (let at = end - classes; at < end; at++) given.push(first?.[at] ?? Number.NaN);
      answers.push({ probabilities: first && given, value: last?.[window] });
    }
    return answers;
  }

  /** Waits for runs that are under way. */
  async release(): Promise<void> {
    await Promise.all(this.#running);
    await this.#session.release();
  }
}

async function moved(here: OnnxSession, bytes: Uint8Array, options: SessionOptions): Promise<WorkerSession> {
  await here.release();
  return WorkerSession.open(bytes, options);
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
