import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { type ClickHouseClient, ClickHouseLogLevel, createClient, drainStream } from "@clickhouse/client";
import { FeatureError } from "../errors.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import type { Target } from "../spec/model.js";
import { replaceFile } from "./export-file.js";
import { columnList } from "./insert-text.js";
import { loadText, serverFile } from "./load-text.js";
import type { NativeBlock } from "./native.js";
import { NativeDecoder } from "./native-decode.js";
import { encodeNative } from "./native-encode.js";
import { transportParams } from "./params.js";
import type { Engine, FileSource, Settings, StatementOptions } from "./port.js";
import { type Address, serverAddress } from "./server-address.js";
import { answerBytes } from "./server-answer.js";
import { serverError } from "./server-failure.js";
import { assertFile } from "./staging.js";
import { blocksText, commandText, parseRows, resultText, rowsText, settingsList } from "./statement.js";

/** The same for every statement, sent with it: a server's sessions are not used. */
const baseline = {
  async_insert: 0,
  session_timezone: "UTC",
  // Compiled after their third run, expressions may give another value (docs/engine-facts.md).
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  cancel_http_readonly_queries_on_client_close: 1,
} as const;

/** Longer than any statement: a bulk insert answers only at its end. */
const silenceMs = 24 * 3_600_000;

/** A host that swallows packets would hold a command for minutes. */
const firstAnswerMs = 15_000;

/** Connects to a ClickHouse server over HTTP; fails at once when it does not answer or refuses the user. */
export async function openServer(target: Exclude<Target, { kind: "embedded" }>): Promise<Engine> {
  if (target.kind === "cluster") {
    throw new FeatureError(
      "FS_ENGINE_TARGET",
      `The target ${target.name} is a cluster, which this version cannot open.`,
    );
  }
  const address = serverAddress(target);
  const client = createClient({
    url: address.url,
    username: address.username,
    password: address.password,
    application: "prism-features",
    clickhouse_settings: baseline,
    request_timeout: silenceMs,
    max_open_connections: 64,
    log: { level: ClickHouseLogLevel.OFF },
  });
  try {
    await client.command({ query: "SELECT 1", abort_signal: AbortSignal.timeout(firstAnswerMs) });
    return new ServerEngine(client, address);
  } catch (cause) {
    await client.close();
    throw serverError(cause, "SELECT 1", address);
  }
}

class ServerEngine implements Engine {
  readonly kind = "server";
  readonly #client: ClickHouseClient;
  readonly #address: Address;
  readonly #running = new Set<Promise<unknown>>();
  readonly #streams = new Set<Readable>();
  #closing: Promise<void> | undefined;

  constructor(client: ClickHouseClient, address: Address) {
    this.#client = client;
    this.#address = address;
  }

  async rows<T>(sql: string, options: StatementOptions = {}): Promise<T[]> {
    return parseRows(await this.#track(this.#whole(rowsText(sql, options.settings), options)));
  }

  async *blocks(sql: string, options: StatementOptions = {}): AsyncGenerator<NativeBlock> {
    const decoder = new NativeDecoder();
    for await (const chunk of this.#answer(blocksText(sql, options.settings), options))
      yield* decoder.push(chunk);
    decoder.finish();
  }

  async exportTo(path: string, format: string, sql: string, options: StatementOptions = {}): Promise<void> {
    const written = replaceFile(path, async (file, compression) => {
      const answer = this.#answer(resultText(sql, format, options.settings), options);
      const target = createWriteStream(file);
      await (compression === "gzip" ? pipeline(answer, createGzip(), target) : pipeline(answer, target));
    });
    await this.#track(written);
  }

  async execute(sql: string, options: StatementOptions = {}): Promise<void> {
    await this.#command(commandText(sql, options.settings), options);
  }

  async insert(table: TableName, block: NativeBlock, settings: Settings = {}): Promise<void> {
    if (block.rows === 0) return;
    const list = Object.keys(settings).length === 0 ? "" : ` SETTINGS ${settingsList(settings)}`;
    const text = `INSERT INTO ${quoteName(table)} (${columnList(block)})${list} FORMAT Native`;
    await this.#command(text, {}, Readable.from(encodeNative(block)));
  }

  async load(sql: string, file: FileSource, options: StatementOptions = {}): Promise<void> {
    assertFile(file.path);
    // Lines are counted as they pass, which only one thread does in order.
    const settings = sql.includes("{line}") ? { ...options.settings, max_threads: 1 } : options.settings;
    const text = `${commandText(loadText(sql, serverFile(file)), settings)}\nFORMAT ${file.format}`;
    await this.#command(text, options, openFile(file.path));
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await Promise.allSettled(this.#running);
    for (const stream of this.#streams) stream.destroy(closedError());
    await this.#client.close();
  }

  /** A read's answer in chunks. Its connection is its own until the loop over it ends. */
  async *#answer(text: string, options: StatementOptions): AsyncGenerator<Uint8Array> {
    this.#assertOpen();
    let stream: Readable | undefined;
    try {
      const answer = await this.#track(
        this.#client.exec({ query: text, query_params: transportParams(options.params) }),
      );
      stream = answer.stream;
      this.#streams.add(stream);
      for await (const chunk of answerBytes(stream, answer.response_headers)) yield chunk;
    } catch (cause) {
      throw serverError(cause, text, this.#address);
    } finally {
      if (stream !== undefined) this.#streams.delete(stream);
    }
  }

  async #whole(text: string, options: StatementOptions): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#answer(text, options)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async #command(text: string, options: StatementOptions, values?: Readable): Promise<void> {
    this.#assertOpen();
    try {
      await this.#track(this.#send(text, options, values));
    } catch (cause) {
      throw serverError(cause, text, this.#address);
    } finally {
      values?.destroy();
    }
  }

  async #send(text: string, options: StatementOptions, values: Readable | undefined): Promise<void> {
    const statement = { query: text, query_params: transportParams(options.params) };
    if (values === undefined) {
      await this.#client.command(statement);
      return;
    }
    const answer = await this.#client.exec({ ...statement, values });
    await drainStream(answer.stream);
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}

function closedError(): FeatureError {
  return new FeatureError("FS_ENGINE_CLOSED", "The engine is closed.");
}

/** The file's bytes, unpacked if its name ends in `.gz`. */
function openFile(path: string): Readable {
  const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
  if (!path.endsWith(".gz")) return bytes;
  const plain = createGunzip({ chunkSize: 1 << 18 });
  pipeline(bytes, plain).catch((cause: unknown) => plain.destroy(fileError(path, cause)));
  return plain;
}

function fileError(path: string, cause: unknown): FeatureError {
  return new FeatureError("FS_ENGINE_FILE", `${path} cannot be read to its end.`, { object: path, cause });
}
