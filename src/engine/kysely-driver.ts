import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
} from "kysely";
import { ClickHouseAdapter } from "../compile/kysely/clickhouse-adapter.js";
import { ClickHouseQueryCompiler } from "../compile/kysely/clickhouse-query-compiler.js";
import { namedParameters } from "../compile/kysely/compiled-select.js";
import { FeatureError } from "../errors.js";
import type { Reader } from "./port.js";

/**
 * Kysely over an engine, for reading. Rows are those of `Reader.rows`: 64-bit integers, Decimals and times come as strings. Large
 * results go through `Reader.blocks` or `exportTo` with the compiled text.
 */
export function kyselyReader<DB>(reader: Reader): Kysely<DB> {
  const dialect: Dialect = {
    createAdapter: () => new ClickHouseAdapter(),
    createDriver: () => new ReaderDriver(reader),
    createQueryCompiler: () => new ClickHouseQueryCompiler(),
    createIntrospector: () => {
      throw unsupported("introspection: src/engine/introspect.ts reads the schema");
    },
  };
  return new Kysely<DB>({ dialect });
}

/** The engine keeps its own sessions, so a connection is only a way to it. */
class ReaderDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(reader: Reader) {
    this.#connection = new ReaderConnection(reader);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw unsupported("transactions");
  }

  async commitTransaction(): Promise<void> {
    throw unsupported("transactions");
  }

  async rollbackTransaction(): Promise<void> {
    throw unsupported("transactions");
  }

  async releaseConnection(): Promise<void> {}

  /** The engine belongs to whoever opened it. */
  async destroy(): Promise<void> {}
}

class ReaderConnection implements DatabaseConnection {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (query.query.kind !== "SelectQueryNode" && query.query.kind !== "RawNode") {
      throw unsupported(`${query.query.kind}: it reads only`);
    }
    const { sql, params } = namedParameters(query);
    return { rows: await this.#reader.rows<R>(sql, { params }) };
  }

  // biome-ignore lint/correctness/useYield: the interface wants a generator, and there is nothing to yield
  async *streamQuery<R>(): AsyncGenerator<QueryResult<R>> {
    throw unsupported("row streams: Reader.blocks streams");
  }
}

function unsupported(what: string): FeatureError {
  return new FeatureError("FS_INTERNAL", `Kysely over an engine has no ${what}.`);
}
