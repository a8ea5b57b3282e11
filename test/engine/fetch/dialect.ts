import { describe, expect, it } from "vitest";
import { kyselyReader } from "../../../src/engine/kysely-driver.js";
import { dialectQueries, dialectTables } from "../../support/dialect-queries.js";
import { failure, type GetSubject } from "../port/subject.js";

export function describeDialect(subject: GetSubject): void {
  describe("Kysely over the engine", () => {
    it("gives the rows of every query of the dialect", async () => {
      const { engine } = subject();
      await engine.execute("DROP DATABASE IF EXISTS dialect SYNC");
      for (const statement of dialectTables) await engine.execute(statement);
      const db = kyselyReader<unknown>(engine);
      for (const query of dialectQueries) {
        expect({ [query.name]: await query.build(db).execute() }).toEqual({ [query.name]: query.rows });
      }
      await engine.execute("DROP DATABASE dialect SYNC");
    });

    it("reads, and does nothing else", async () => {
      const db = kyselyReader<{ t: { a: number } }>(subject().engine);
      expect((await failure(db.deleteFrom("t").execute())).message).toContain("it reads only");
      expect((await failure(db.transaction().execute(async () => undefined))).message).toContain(
        "transactions",
      );
      const stream = db.selectFrom("t").selectAll().stream()[Symbol.asyncIterator]();
      expect((await failure(stream.next())).message).toContain("Reader.blocks");
      expect(() => db.introspection).toThrow("introspect.ts");
    });
  });
}
