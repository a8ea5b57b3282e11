import type { Session } from "chdb";
import { FeatureError } from "../errors.js";
import { Queue } from "./queue.js";
import { isSelect } from "./statement.js";

/** Native calls run on libuv's four threads; one is the writer's. */
const parallelReads = 3;
const keptIdle = 4;

/**
 * Read sessions of one data directory. A session runs one statement at a time, and any other statement kills its open stream, so
 * every read borrows a session alone. Reads with parameters go through the streaming call: the other bound call of chdb queues
 * behind all bound statements of the process, so that a read would wait for a bulk load.
 */
export class ReadSessions {
  readonly #open: () => Session;
  readonly #idle: Session[] = [];
  readonly #busy = new Set<Session>();
  readonly #slots = new Queue(parallelReads);
  #closed = false;

  constructor(open: () => Session) {
    this.#open = open;
  }

  /** The whole result as one piece of bytes. The statement names its own format. */
  async bytes(sql: string, params: object): Promise<Buffer> {
    if (Object.keys(params).length === 0 || !isSelect(sql)) return this.atOnce(sql, params);
    return this.#slots.run(async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of this.chunks(sql, params)) chunks.push(chunk);
      return Buffer.concat(chunks);
    });
  }

  /**
   * The same without the streaming call, for what it does not know (SHOW, DESCRIBE, EXPLAIN) or leaves without an end (INTO
   * OUTFILE). With parameters it waits for bound statements elsewhere in the process.
   */
  async atOnce(sql: string, params: object): Promise<Buffer> {
    return this.#slots.run(async () => {
      this.#assertOpen();
      const session = this.#idle.pop() ?? this.#open();
      try {
        const bound = Object.keys(params).length > 0;
        const result = bound ? await session.queryBindAsync(sql, params) : await session.queryAsync(sql);
        return Buffer.from(result.bytes());
      } finally {
        this.#release(session);
      }
    });
  }

  /** The result in chunks of bytes; leaving the loop early cancels the query. */
  async *chunks(sql: string, params: object): AsyncGenerator<Uint8Array> {
    this.#assertOpen();
    const session = this.#idle.pop() ?? this.#open();
    this.#busy.add(session);
    try {
      for await (const chunk of session.queryStreamBind(sql, params)) {
        yield chunk.raw();
        this.#assertOpen();
      }
      this.#assertOpen();
    } finally {
      this.#busy.delete(session);
      this.#release(session);
    }
  }

  /** Waits for whole reads, cuts open streams off, ends the sessions. */
  async close(): Promise<void> {
    await this.#slots.drained();
    this.#closed = true;
    for (const session of [...this.#idle.splice(0), ...this.#busy]) session.close();
  }

  #release(session: Session): void {
    if (!this.#closed && this.#idle.length < keptIdle) this.#idle.push(session);
    else session.close();
  }

  /** A stream that was cut off ends like a complete one: whoever reads it must not take it for that. */
  #assertOpen(): void {
    if (this.#closed) throw new FeatureError("FS_ENGINE_CLOSED", "The engine was closed during a read.");
  }
}
