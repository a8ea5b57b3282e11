import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type ClickHouseClient, createClient } from "@clickhouse/client";
import { FeatureError } from "../errors.js";
import type { TableName } from "../schema/object.js";
import { quoteString } from "../schema/quote.js";
import { assertFree, loadChdb, makeDirectory, openFailure } from "./embedded-open.js";
import { replaceFile } from "./export-file.js";
import { queryError } from "./failure.js";
import { forgetHolder, noteHolder } from "./holder.js";
import { insertText, insertWithRows, structureOf } from "./insert-text.js";
import { embeddedFile, loadText } from "./load-text.js";
import type { NativeBlock } from "./native.js";
import { NativeDecoder } from "./native-decode.js";
import { encodeNative } from "./native-encode.js";
import { transportParams } from "./params.js";
import type { Engine, FileSource, Settings, StatementOptions } from "./port.js";
import { Queue } from "./queue.js";
import { ReadSessions } from "./read-sessions.js";
import { StagingFolder } from "./staging.js";
import { blocksText, commandText, parseRows, resultText, rowsText } from "./statement.js";

/** The client and chDB bring two copies of one interface. */
type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>["connection"]>;

/**
 * The same for good in every session: inserts are done when they return, times without a zone are UTC, expressions are interpreted
 * (the engine compiles one after its third run, and may then give another value), and who reads a file does not hand that to another
 * thread, which takes longer than the read of a small close (docs/engine-facts.md).
 */
const baseline = `SET async_insert = 0, session_timezone = 'UTC', compile_expressions = 0, compile_aggregate_expressions = 0,
  local_filesystem_read_method = 'pread'`;

/** A block of at most so many bytes goes in with the statement: a file for it takes twice as long as the insert (docs/engine-facts.md). */
const inlineLimit = 16_384;

export interface EmbeddedOptions {
  /** Absolute path of the data directory; made when it is not there. */
  readonly path: string;
  /** Tells others who holds the directory. */
  readonly command: string;
}

/** Opens chDB, the ClickHouse engine in this process, on a data directory. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Engine> {
  const { path, command } = options;
  makeDirectory(path);
  assertFree(path);
  const chdb = await loadChdb();
  let client: ClickHouseClient | undefined;
  try {
    client = createClient({ connection: chdb.createChdbConnection({ path }) as unknown as Connection });
    await client.command({ query: baseline });
    const reads = new ReadSessions(() => {
      const session = new chdb.Session(path);
      session.query(baseline);
      return session;
    });
    const engine = new EmbeddedEngine(path, client, reads, chdb.drainPending);
    noteHolder(path, { pid: process.pid, command, since: new Date().toISOString() });
    return engine;
  } catch (cause) {
    await client?.close();
    throw openFailure(path, cause);
  }
}

class EmbeddedEngine implements Engine {
  readonly kind = "embedded";
  readonly #path: string;
  readonly #writer: ClickHouseClient;
  readonly #writes = new Queue(1);
  /** Files on their way into the engine: the next one is written while a statement runs. */
  readonly #passing = new Queue(Number.POSITIVE_INFINITY);
  readonly #reads: ReadSessions;
  readonly #staging: StagingFolder;
  readonly #drain: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(path: string, writer: ClickHouseClient, reads: ReadSessions, drain: () => Promise<void>) {
    this.#path = path;
    this.#writer = writer;
    this.#reads = reads;
    this.#drain = drain;
    this.#staging = new StagingFolder(path);
  }

  async rows<T>(sql: string, options: StatementOptions = {}): Promise<T[]> {
    this.#assertOpen();
    const text = rowsText(sql, options.settings);
    try {
      return parseRows(await this.#reads.bytes(text, transportParams(options.params)));
    } catch (cause) {
      throw queryError(cause, text);
    }
  }

  async *blocks(sql: string, options: StatementOptions = {}): AsyncGenerator<NativeBlock> {
    this.#assertOpen();
    const text = blocksText(sql, options.settings);
    const decoder = new NativeDecoder();
    try {
      for await (const chunk of this.#reads.chunks(text, transportParams(options.params)))
        yield* decoder.push(chunk);
    } catch (cause) {
      throw queryError(cause, text);
    }
    decoder.finish();
  }

  async exportTo(path: string, format: string, sql: string, options: StatementOptions = {}): Promise<void> {
    await replaceFile(path, async (file, compression) => {
      const target = `INTO OUTFILE ${quoteString(file)} COMPRESSION ${quoteString(compression)}`;
      const text = resultText(sql, format, options.settings, target);
      this.#assertOpen();
      try {
        await this.#reads.atOnce(text, transportParams(options.params));
      } catch (cause) {
        throw queryError(cause, text, { [file]: path });
      }
    });
  }

  async execute(sql: string, options: StatementOptions = {}): Promise<void> {
    await this.#write(commandText(sql, options.settings), options);
  }

  async insert(table: TableName, block: NativeBlock, settings: Settings = {}): Promise<void> {
    if (block.rows === 0) return;
    const bytes = encodeNative(block);
    if (sizeOf(bytes) <= inlineLimit) {
      const text = insertWithRows(table, block, settings);
      if (text !== undefined) return this.#write(text, {});
    }
    await this.#passing.run(async () => {
      this.#assertOpen();
      const file = this.#staging.fresh("");
      try {
        await writeBytes(file, bytes);
        const source = embeddedFile(file, { path: file, format: "Native", structure: structureOf(block) });
        await this.#write(commandText(insertText(table, block, source.rows), settings), {});
      } finally {
        rmSync(file, { force: true });
      }
    });
  }

  async load(sql: string, file: FileSource, options: StatementOptions = {}): Promise<void> {
    await this.#passing.run(async () => {
      this.#assertOpen();
      const link = this.#staging.alias(file.path);
      try {
        const text = commandText(loadText(sql, embeddedFile(link, file)), options.settings);
        await this.#write(text, options, { [link]: file.path });
      } finally {
        rmSync(link, { force: true });
      }
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await this.#passing.drained();
    await this.#writes.drained();
    await this.#reads.close();
    await this.#writer.close();
    await this.#drain();
    this.#staging.remove();
    forgetHolder(this.#path, process.pid);
  }

  async #write(text: string, options: StatementOptions, replace: Record<string, string> = {}): Promise<void> {
    await this.#writes.run(async () => {
      this.#assertOpen();
      try {
        await this.#writer.command({ query: text, query_params: transportParams(options.params) });
      } catch (cause) {
        throw queryError(cause, text, replace);
      }
    });
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new FeatureError("FS_ENGINE_CLOSED", "The engine is closed.");
  }
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
}

async function writeBytes(file: string, chunks: readonly Uint8Array[]): Promise<void> {
  try {
    await writeFile(file, chunks);
  } catch (cause) {
    throw new FeatureError("FS_ENGINE_FILE", "Rows cannot be passed to the engine.", { object: file, cause });
  }
}
