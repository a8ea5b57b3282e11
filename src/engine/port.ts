/**
 * The executor port: all that the product asks of a ClickHouse engine. Two implementations answer it alike, chDB in
 * process and a server over HTTP; one suite of tests runs on both.
 */
import type { TableName } from "../schema/object.js";
import type { NativeBlock } from "./native.js";

/**
 * Values bound to `{name:Type}` placeholders: strings as they are (no escaping by the caller), booleans for Bool or UInt8,
 * null for NULL, lists for Array. Integers beyond 2^53 as bigint or string. Never a JS Date: it would lose its
 * milliseconds.
 */
export type Params = Readonly<
  Record<string, string | number | bigint | boolean | null | readonly (string | number)[]>
>;

/**
 * Settings of one statement. They are put behind its text, so that nothing stays in a session; the text must have no
 * SETTINGS of its own there (a table's settings in a CREATE are another matter), and no VALUES.
 */
export type Settings = Readonly<Record<string, string | number>>;

export interface StatementOptions {
  readonly params?: Params;
  readonly settings?: Settings;
}

/** A file that the engine parses itself. */
export interface FileSource {
  readonly path: string;
  /** A ClickHouse input format: CSV, LineAsString, JSONEachRow, Parquet, Native, … Compression follows the file's name. */
  readonly format: string;
  /** Column list as `name Type, …`; undefined lets the engine infer it. */
  readonly structure?: string;
}

export interface Reader {
  readonly kind: "embedded" | "server" | "cluster";
  /**
   * Rows of a SELECT (or SHOW, DESCRIBE, EXPLAIN) without a FORMAT, as objects. 64-bit and wider integers, Decimals, and the
   * floats NaN and ±inf come as strings.
   */
  rows<T = Record<string, unknown>>(sql: string, options?: StatementOptions): Promise<T[]>;
  /**
   * A SELECT in Native blocks, streamed: memory does not grow with the result. Order it, or it has no order. Leaving the
   * loop early cancels the query. Other statements may run while it is open.
   */
  blocks(sql: string, options?: StatementOptions): AsyncIterable<NativeBlock>;
  /**
   * Writes the result of a SELECT into a file in a ClickHouse output format (Parquet, CSVWithNames, …). The file appears
   * when it is complete and replaces what was there; a name that ends in `.gz` is compressed.
   */
  exportTo(path: string, format: string, sql: string, options?: StatementOptions): Promise<void>;
}

export interface Engine extends Reader {
  /** DDL, INSERT … SELECT, ALTER: a statement without a result. */
  execute(sql: string, options?: StatementOptions): Promise<void>;
  /** Inserts columns (typed arrays or lists) by the Native format; the block's column names must exist in the table. */
  insert(table: TableName, block: NativeBlock, settings?: Settings): Promise<void>;
  /**
   * Runs `INSERT INTO … SELECT … FROM {file} …`, where the text `{file}` stands for the file's rows. The engine reads and
   * parses the file; no row passes through JavaScript. The text `{line}` is the number of the row in the file, from 1. It
   * may stand only in the SELECT that reads `{file}` itself, and that SELECT must not filter. (`rowNumberInAllBlocks()` is
   * wrong there as soon as several threads parse.)
   */
  load(sql: string, file: FileSource, options?: StatementOptions): Promise<void>;
  /** Ends sessions in order; waits for what runs. Idempotent. */
  close(): Promise<void>;
}
