import { DummyDriver, Kysely } from "kysely";
import { ClickHouseAdapter } from "./clickhouse-adapter.js";
import { ClickHouseQueryCompiler } from "./clickhouse-query-compiler.js";

/** Kysely without a database: builds and compiles queries in ClickHouse's dialect, and runs none. */
export function queryBuilder<DB>(): Kysely<DB> {
  return new Kysely<DB>({
    dialect: {
      createAdapter: () => new ClickHouseAdapter(),
      createDriver: () => new DummyDriver(),
      createQueryCompiler: () => new ClickHouseQueryCompiler(),
      createIntrospector: () => {
        throw new Error("The query builder has no database to look into.");
      },
    },
  });
}
