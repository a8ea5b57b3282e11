/** The registry's models over rows in memory: what a service predicts with. */
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { OnlineStore } from "../online/online-store.js";
import type { BucketSpan } from "../online/read-rows.js";
import { openRegistryReader } from "../registry/reader.js";
import { auditTableName } from "../schema/audit-table.js";
import type { Project } from "../spec/model.js";
import { AuditLog, type AuditStats } from "./audit-log.js";
import { ServedModels } from "./load-served.js";
import type { ModelFolder } from "./model-folder.js";
import { OnlineRows } from "./online-rows.js";
import type { Prediction } from "./prediction.js";
import { Predictor } from "./predictor.js";
import type { LoadedVersion, ServedModel } from "./served-model.js";

export interface OnlinePredictionsOptions {
  readonly engine: Engine;
  readonly project: Project;
  readonly folder: ModelFolder;
  readonly store: OnlineStore;
  /** Epoch ms; the clock of the store. */
  readonly now: () => number;
  /** What rows in memory may take, the store's among them. */
  readonly maxBytes: number;
}

export class OnlinePredictions {
  readonly #served: ServedModels;
  readonly #rows: OnlineRows;
  readonly #audit: AuditLog;
  readonly #predictor: Predictor;
  #refused: ReadonlyMap<string, string> = new Map();
  #refreshing: Promise<void> = Promise.resolve();

  private constructor(options: OnlinePredictionsOptions) {
    const { engine, project, folder, store, now, maxBytes } = options;
    const { registry } = project.databases;
    this.#served = new ServedModels(engine, registry, folder);
    this.#rows = new OnlineRows({
      reader: engine,
      store,
      now,
      maxBytes,
      tableOf: async (vector, fingerprint) => {
        const { objects } = await openRegistryReader(engine, registry).required();
        const found = objects.find(
          ({ kind, name, dataHash }) => kind === "vector" && name === vector && dataHash === fingerprint,
        );
        return found?.storage?.table;
      },
    });
    this.#audit = new AuditLog({ engine, table: auditTableName(project), now: Date.now });
    this.#predictor = new Predictor({
      models: [],
      source: this.#rows,
      now,
      onPrediction: (prediction, role) => this.#audit.note(prediction, role),
    });
  }

  /**
   * Opens the models that are registered on the target; `refresh` follows promotions and rollbacks.
   * @throws FeatureError FS_MODEL_FILE or FS_MODEL_MISMATCH for a version that must not be served
   */
  static async open(options: OnlinePredictionsOptions): Promise<OnlinePredictions> {
    const predictions = new OnlinePredictions(options);
    try {
      await predictions.refresh();
    } catch (error) {
      await predictions.close();
      throw error;
    }
    return predictions;
  }

  get audit(): AuditStats {
    return this.#audit.stats;
  }

  /** Models that read a vector, those that are refused too; in order of name. */
  modelsOf(vector: string): string[] {
    const reads = ({ live, candidate }: ServedModel) =>
      (live ?? candidate?.version)?.registered.vector.name === vector;
    return this.#predictor.models
      .filter(reads)
      .map(({ name }) => name)
      .sort();
  }

  /** Whether a model answers: a text says why it does not; undefined: it is not registered. */
  state(model: string): "served" | { readonly refused: string } | undefined {
    if (!this.#predictor.models.some(({ name }) => name === model)) return undefined;
    const refused = this.#refused.get(model);
    return refused === undefined ? "served" : { refused };
  }

  /** Whether there are rows of an instrument for a model. */
  holds(model: string, instrument: string): boolean {
    const found = this.#predictor.models.find(({ name }) => name === model);
    return found !== undefined && versionsOf(found).some((version) => this.#rows.holds(version, instrument));
  }

  /** @throws FeatureError FS_MODEL_UNKNOWN for a model that is not served */
  async predict(model: string, instruments: readonly string[]): Promise<Prediction[]> {
    if (this.state(model) !== "served") {
      throw new FeatureError("FS_MODEL_UNKNOWN", `The model ${model} is not served.`, { object: model });
    }
    return this.#predictor.predict(model, instruments);
  }

  /** Takes up what the registry says now. When that fails nothing changes. */
  refresh(): Promise<void> {
    const run = this.#refreshing.then(async () => {
      await this.#served.load(undefined, (models) => this.#adopt(models));
    });
    this.#refreshing = run.catch(() => undefined);
    return run;
  }

  /** Before the store serves another version of a vector: models that are pinned to the one of now keep their rows. */
  keepRowsOf(vector: string): Promise<void> {
    const run = this.#refreshing.then(async () => {
      for (const version of this.#predictor.models.flatMap(versionsOf)) {
        if (version.registered.vector.name === vector) await this.#rows.hold(version, true);
      }
    });
    this.#refreshing = run.catch(() => undefined);
    return run;
  }

  /** Takes up buckets that this process closed. */
  closed(clock: string, spans: readonly BucketSpan[]): Promise<void> {
    return this.#rows.closed(clock, spans);
  }

  /** Takes up what another process stored. */
  poll(): Promise<void> {
    return this.#rows.poll();
  }

  /** Waits for what still runs, writes the audit's last rows and lets the models go. Nothing may be asked any more. */
  async close(): Promise<void> {
    await this.#refreshing;
    await this.#predictor.drain();
    await this.#audit.flush();
    await this.#served.close();
  }

  /** Rings first, then models: a model is asked only once its rows are there. */
  async #adopt(models: readonly ServedModel[]): Promise<void> {
    const refused = new Map<string, string>();
    for (const model of models) {
      for (const version of versionsOf(model)) {
        const reason = await this.#rows.hold(version);
        if (reason !== undefined) refused.set(model.name, reason);
      }
    }
    this.#refused = refused;
    this.#predictor.replace(models);
    this.#rows.keep(models.flatMap(versionsOf));
  }
}

function versionsOf({ live, candidate }: ServedModel): LoadedVersion[] {
  return [live, candidate?.version].filter((version) => version !== undefined);
}
