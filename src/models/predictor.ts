/** From instruments to predictions: which version answers, one run for all of its instruments, and what happens when it can not. */
import { randomUUID } from "node:crypto";
import { FeatureError } from "../errors.js";
import type { DecisionSpec } from "../spec/model-contract.js";
import { type Decision, decide } from "./decide.js";
import { refuseWindow } from "./input-plan.js";
import { LateRuns, timedOut } from "./late-runs.js";
import type { ModelAnswer } from "./loaded-model.js";
import { hashRows, type ModelRow } from "./model-row.js";
import type { Prediction, PredictionRole } from "./prediction.js";
import { type SeenRow, seenRow } from "./seen-row.js";
import { chooseVersion, type LoadedVersion, type ServedModel } from "./served-model.js";

/** Where rows come from: the online store, or a table. Never waits. */
export interface RowSource {
  /** Up to `length` rows of the vector's version, the oldest first, that end with the newest usable one. */
  rows(vector: string, fingerprint: string, instrument: string, length: number): readonly ModelRow[];
}

export interface PredictorOptions {
  readonly models: readonly ServedModel[];
  readonly source: RowSource;
  /** Epoch ms; a replay has a clock of its own. */
  readonly now: () => number;
  /** Told of everything that was answered or computed beside; must not wait. */
  readonly onPrediction?: (prediction: Prediction, role: PredictionRole | null) => void;
}

/** One instrument on its way to an answer. */
interface Job {
  readonly requestId: string;
  readonly instrument: string;
  readonly asked: string;
  /** The first reason for which a model did not answer. */
  reason: string | null;
}

interface Prepared {
  readonly job: Job;
  readonly version: LoadedVersion;
  readonly role: PredictionRole;
  readonly rows: readonly ModelRow[];
}

export class Predictor {
  #models: ReadonlyMap<string, ServedModel>;
  readonly #source: RowSource;
  readonly #now: () => number;
  readonly #tell: NonNullable<PredictorOptions["onPrediction"]>;
  readonly #shadows = new Set<Promise<unknown>>();
  readonly #late = new LateRuns();

  constructor({ models, source, now, onPrediction = () => undefined }: PredictorOptions) {
    this.#models = byName(models);
    this.#source = source;
    this.#now = now;
    this.#tell = onPrediction;
  }

  get models(): readonly ServedModel[] {
    return [...this.#models.values()];
  }

  /** From the next prediction on, these are served. */
  replace(models: readonly ServedModel[]): void {
    this.#models = byName(models);
  }

  /**
   * One prediction for each instrument, in their order. It always answers: where no model can, the prediction says why.
   * @throws FeatureError FS_MODEL_UNKNOWN for a model that is not served
   */
  async predict(model: string, instruments: readonly string[]): Promise<Prediction[]> {
    const served = this.#models.get(model);
    if (served === undefined) {
      throw new FeatureError("FS_MODEL_UNKNOWN", `The model ${model} is not served.`, { object: model });
    }
    const begun = performance.now();
    const jobs = instruments.map(
      (instrument): Job => ({ requestId: randomUUID(), instrument, asked: model, reason: null }),
    );
    const answers = await this.#answer(served, jobs, new Set(), begun);
    const predictions = jobs.map((job) => answers.get(job) ?? nobody(job, begun));
    for (const prediction of predictions) this.#tell(prediction, prediction.role);
    this.#shadow(served, jobs);
    return predictions;
  }

  /** Waits for what still runs beside. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#shadows);
  }

  async #answer(
    served: ServedModel,
    jobs: readonly Job[],
    tried: ReadonlySet<string>,
    begun: number,
  ): Promise<Map<Job, Prediction>> {
    const isFallback = tried.size > 0;
    const groups = new Map<LoadedVersion, Prepared[]>();
    const left: Job[] = [];
    for (const job of jobs) {
      const chosen = chooseVersion(served, job.instrument);
      const role = isFallback ? "fallback" : chosen?.role;
      const prepared = chosen && role && this.#prepare(job, chosen.version, role);
      if (prepared !== undefined && typeof prepared === "object") {
        groups.set(prepared.version, [...(groups.get(prepared.version) ?? []), prepared]);
      } else {
        job.reason ??= prepared ?? "no_live_version";
        left.push(job);
      }
    }
    const answers = new Map<Job, Prediction>();
    await Promise.all(
      [...groups].map(async ([version, group]) => {
        const result = await this.#run(version, group, begun);
        if (typeof result !== "string")
          for (const [at, one] of group.entries()) take(answers, one.job, result[at]);
        else {
          for (const { job } of group) {
            job.reason ??= result;
            left.push(job);
          }
        }
      }),
    );
    const fallback = this.#fallbackOf(served);
    if (left.length > 0 && fallback !== undefined && fallback !== served && !tried.has(fallback.name)) {
      const more = await this.#answer(fallback, left, new Set([...tried, served.name]), begun);
      for (const [job, prediction] of more) answers.set(job, prediction);
    }
    return answers;
  }

  #fallbackOf({ live, candidate }: ServedModel): ServedModel | undefined {
    const name = (live ?? candidate?.version)?.registered.contract.fallback;
    return name === undefined ? undefined : this.#models.get(name);
  }

  /** What a version would be given; a text says why it is given nothing. */
  #prepare(job: Job, version: LoadedVersion, role: PredictionRole): Prepared | string {
    const { vector, fingerprint } = version.registered;
    const { plan } = version.model;
    const rows = this.#source.rows(vector.name, fingerprint, job.instrument, plan.steps);
    const refusal = refuseWindow(plan, rows);
    if (refusal !== undefined) return refusal;
    const age = this.#now() - (rows.at(-1)?.availableAt ?? 0);
    if (age > vector.maxAgeMs) return `stale: ${age} ms old, at most ${vector.maxAgeMs}`;
    return { job, version, role, rows };
  }

  /** One run for all; a text says why there is no answer. */
  async #run(
    version: LoadedVersion,
    group: readonly Prepared[],
    begun: number,
  ): Promise<Prediction[] | string> {
    const now = this.#now();
    const started = performance.now();
    const { timeoutMs } = version.registered.contract;
    const refusal = this.#late.refusal(version);
    if (refusal !== undefined) return refusal;
    const running = version.model.answer(group.map(({ rows }) => rows));
    // Beside the run, but before this function waits: rows may be overwritten then.
    const hashes = group.map(({ rows }) => hashRows(rows));
    const seen = group.map(({ rows }) => seenRow(version, rows.at(-1)));
    const answered = running.catch(failureText);
    const timed = await (version.model.isApart ? this.#late.inTime(version, answered) : answered);
    if (typeof timed === "string") return timed;
    // On this thread no timer can fire meanwhile: that it took too long is seen afterwards.
    if (performance.now() - started > timeoutMs) return timedOut(timeoutMs);
    return group.map(({ job, role }, place) => {
      const { contract, vector, signature, fingerprint } = version.registered;
      const newest = seen[place];
      const answer = timed.answers[place] ?? { probabilities: undefined, value: undefined };
      const ageMs = newest === undefined ? null : now - newest.availableAt;
      const begunDeciding = performance.now();
      const probabilities = withClasses(answer, contract.outputs.probabilities?.classes);
      const decision = decisionOf(
        contract.decision,
        probabilities,
        newest,
        ageMs ?? Number.POSITIVE_INFINITY,
      );
      const done = performance.now();
      return {
        requestId: job.requestId,
        instrument: job.instrument,
        asked: job.asked,
        model: contract.name,
        version: contract.version,
        role,
        vector: vector.name,
        signature,
        fingerprint,
        bucketId: newest?.bucketId ?? null,
        availableAt: newest?.availableAt ?? null,
        ageMs,
        inputsHash: hashes[place] ?? null,
        probabilities,
        value: answer.value ?? null,
        decision,
        fallbackReason: job.reason,
        latency: {
          assembleUs: timed.assembleUs,
          runUs: timed.runUs,
          decideUs: (done - begunDeciding) * 1000,
          totalUs: (done - begun) * 1000,
        },
      };
    });
  }

  /** The candidate answers too, for the audit: nobody waits for it. */
  #shadow({ candidate }: ServedModel, jobs: readonly Job[]): void {
    if (candidate?.stage.kind !== "shadow") return;
    const begun = performance.now();
    const group = jobs.flatMap((job): Prepared[] => {
      const prepared = this.#prepare({ ...job, reason: null }, candidate.version, "shadow");
      return typeof prepared === "string" ? [] : [prepared];
    });
    if (group.length === 0) return;
    const work = this.#run(candidate.version, group, begun).then((result) => {
      if (typeof result !== "string") for (const prediction of result) this.#tell(prediction, "shadow");
    });
    this.#shadows.add(work);
    void work.finally(() => this.#shadows.delete(work));
  }
}

function byName(models: readonly ServedModel[]): ReadonlyMap<string, ServedModel> {
  return new Map(models.map((model) => [model.name, model]));
}

function take(answers: Map<Job, Prediction>, job: Job, prediction: Prediction | undefined): void {
  if (prediction !== undefined) answers.set(job, prediction);
}

function withClasses(
  answer: ModelAnswer,
  classes: readonly number[] | undefined,
): Prediction["probabilities"] {
  if (classes === undefined || answer.probabilities === undefined) return null;
  return answer.probabilities.map((probability, place) => ({ class: classes[place] ?? 0, probability }));
}

function decisionOf(
  spec: DecisionSpec | undefined,
  probabilities: Prediction["probabilities"],
  newest: SeenRow | undefined,
  dataAgeMs: number,
): Decision | null {
  if (spec === undefined || probabilities === null || newest === undefined) return null;
  return decide(spec, { probabilities, dataAgeMs, reward: newest.reward, spread: newest.spread });
}

/** What is said where no model could answer. */
function nobody({ requestId, instrument, asked, reason }: Job, begun: number): Prediction {
  return {
    requestId,
    instrument,
    asked,
    model: null,
    version: null,
    role: null,
    vector: null,
    signature: null,
    fingerprint: null,
    bucketId: null,
    availableAt: null,
    ageMs: null,
    inputsHash: null,
    probabilities: null,
    value: null,
    decision: null,
    fallbackReason: reason ?? "no_live_version",
    latency: { assembleUs: 0, runUs: 0, decideUs: 0, totalUs: (performance.now() - begun) * 1000 },
  };
}

function failureText(error: unknown): string {
  return `error: ${(error instanceof Error ? error.message : String(error)).split("\n", 1)[0]}`;
}
