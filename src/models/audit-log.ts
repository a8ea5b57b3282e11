import type { NativeColumn } from "../engine/native.js";
import type { Engine } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import type { Prediction, PredictionRole } from "./prediction.js";

export interface AuditOptions {
  readonly engine: Pick<Engine, "insert">;
  readonly table: TableName;
  /** Epoch ms. */
  readonly now: () => number;
  /** How long rows wait for others, and how many are kept when the engine does not take them. */
  readonly everyMs?: number;
  readonly atMost?: number;
}

interface Entry {
  readonly at: number;
  readonly prediction: Prediction;
  readonly role: PredictionRole | null;
}

export interface AuditStats {
  readonly written: number;
  readonly waiting: number;
  /** Given up, because the engine took none for too long. */
  readonly dropped: number;
  /** What made the last write fail; undefined once one succeeds. */
  readonly failure: unknown;
}

/** What was predicted, written in batches. Noting it down never waits and never fails. */
export class AuditLog {
  readonly #options: Required<AuditOptions>;
  #waiting: Entry[] = [];
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #written = 0;
  #dropped = 0;
  #failure: unknown;

  constructor(options: AuditOptions) {
    this.#options = { everyMs: 1000, atMost: 20_000, ...options };
  }

  get stats(): AuditStats {
    return {
      written: this.#written,
      waiting: this.#waiting.length,
      dropped: this.#dropped,
      failure: this.#failure,
    };
  }

  note(prediction: Prediction, role: PredictionRole | null): void {
    const { now, atMost, everyMs } = this.#options;
    if (this.#waiting.length >= atMost) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#waiting.push({ at: now(), prediction, role });
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), everyMs);
    this.#timer.unref();
  }

  /** Writes what waits. Resolves in any case; rows that were not taken wait for the next time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(async () => {
      const batch = this.#waiting;
      if (batch.length === 0) return;
      this.#waiting = [];
      try {
        await this.#options.engine.insert(this.#options.table, {
          rows: batch.length,
          columns: columnsOf(batch),
        });
        this.#written += batch.length;
        this.#failure = undefined;
      } catch (error) {
        this.#failure = error;
        this.#waiting = [...batch, ...this.#waiting];
        const tooMany = this.#waiting.length - this.#options.atMost;
        if (tooMany > 0) {
          this.#waiting.splice(0, tooMany);
          this.#dropped += tooMany;
        }
      }
    });
    return this.#writing;
  }
}

function columnsOf(batch: readonly Entry[]): NativeColumn[] {
  const text = (name: string, value: (entry: Entry) => string): NativeColumn => ({
    name,
    type: "String",
    values: batch.map(value),
  });
  const micros = (name: keyof Prediction["latency"], column: string): NativeColumn => ({
    name: column,
    type: "UInt32",
    values: Uint32Array.from(batch, ({ prediction }) =>
      Math.min(2 ** 32 - 1, Math.round(prediction.latency[name])),
    ),
  });
  const part = (place: number) => (entry: Entry) => entry.prediction.instrument.split("/")[place] ?? "";
  return [
    text("request_id", ({ prediction }) => prediction.requestId),
    { name: "at", type: "DateTime64(3, 'UTC')", values: BigInt64Array.from(batch, ({ at }) => BigInt(at)) },
    text("exchange", part(0)),
    text("market_type", part(1)),
    text("symbol", part(2)),
    {
      name: "bucket_id",
      type: "UInt64",
      values: BigUint64Array.from(batch, ({ prediction }) => BigInt(prediction.bucketId ?? 0)),
    },
    text("asked", ({ prediction }) => prediction.asked),
    text("model", ({ prediction }) => prediction.model ?? ""),
    {
      name: "version",
      type: "UInt32",
      values: Uint32Array.from(batch, ({ prediction }) => prediction.version ?? 0),
    },
    text("role", ({ role }) => role ?? "none"),
    text("vector", ({ prediction }) => prediction.vector ?? ""),
    text("signature", ({ prediction }) => prediction.signature ?? ""),
    text("fingerprint", ({ prediction }) => prediction.fingerprint ?? ""),
    text("inputs_hash", ({ prediction }) => prediction.inputsHash ?? ""),
    { name: "outputs", type: "Array(Float64)", values: batch.map(({ prediction }) => outputsOf(prediction)) },
    text("decision", ({ prediction }) =>
      prediction.decision === null ? "" : JSON.stringify(prediction.decision),
    ),
    text("fallback_reason", ({ prediction }) => prediction.fallbackReason ?? ""),
    micros("assembleUs", "assemble_us"),
    micros("runUs", "run_us"),
    micros("decideUs", "decide_us"),
    micros("totalUs", "total_us"),
  ];
}

/** Probabilities in the order of the contract's classes, then the value. */
export function outputsOf({ probabilities, value }: Pick<Prediction, "probabilities" | "value">): number[] {
  return [...(probabilities ?? []).map(({ probability }) => probability), ...(value === null ? [] : [value])];
}
