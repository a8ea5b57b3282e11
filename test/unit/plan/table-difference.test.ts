import { describe, expect, it } from "vitest";
import { compareTables } from "../../../src/plan/table-difference.js";
import type { Column, Table } from "../../../src/schema/object.js";

const column = (name: string, more: Partial<Column> = {}): Column => ({ name, type: "UInt8", ...more });
const table = (more: Partial<Table> = {}): Table => ({
  kind: "table",
  database: "d",
  name: "t",
  columns: [column("a"), column("b")],
  engine: "MergeTree",
  orderBy: ["a"],
  ...more,
});
const kinds = (desired: Partial<Table>, actual: Partial<Table> = {}): string[] =>
  compareTables(table(desired), table(actual)).differences.map((item) => item.kind);

describe("compareTables", () => {
  it("finds nothing between equals, also when one says so and the other does not", () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ comment: "", settings: {}, indexes: [] })).toEqual([]);
  });

  it("adds a column at its place and keeps columns that are no longer wanted", () => {
    const { differences, merged } = compareTables(
      table({ columns: [column("new"), column("a"), column("c")] }),
      table(),
    );
    expect(differences).toMatchObject([
      { kind: "add_column", column: { name: "new" }, after: undefined },
      { kind: "add_column", column: { name: "c" }, after: "a" },
    ]);
    expect(merged.columns.map(({ name }) => name)).toEqual(["new", "a", "c", "b"]);
  });

  it("tells what is safe in place from what is not", () => {
    expect(kinds({ columns: [column("a", { comment: "x" }), column("b")] })).toEqual(["comment_column"]);
    expect(kinds({ columns: [column("a", { type: "UInt16" }), column("b")] })).toEqual(["unsupported"]);
    expect(kinds({ columns: [column("a", { codec: "ZSTD(1)" }), column("b")] })).toEqual(["unsupported"]);
    expect(kinds({ comment: "x" })).toEqual(["comment_table"]);
    expect(kinds({ settings: { x: 1 } })).toEqual(["setting"]);
    expect(kinds({ orderBy: ["a", "b"], partitionBy: "b" })).toEqual(["unsupported", "unsupported"]);
    const index = { name: "i", expression: "a", type: "minmax", granularity: 1 };
    expect(kinds({ indexes: [index] })).toEqual(["add_index"]);
    expect(kinds({ indexes: [index] }, { indexes: [{ ...index, granularity: 2 }] })).toEqual(["unsupported"]);
  });

  it("lets a table keep the granularity that it was made with", () => {
    const made = { index_granularity: 8192, x: 1 };
    const { differences, merged } = compareTables(
      table({ settings: { index_granularity: 1024, x: 1 } }),
      table({ settings: made }),
    );
    expect(differences).toEqual([]);
    expect(merged.settings).toEqual(made);
  });

  it("takes only a longer time from the same column for no loss", () => {
    const ttl = (seconds: number, since = "a"): string =>
      `toDateTime(${since}) + toIntervalSecond(${seconds})`;
    const shortens = (to: string | undefined, from: string | undefined): boolean | undefined => {
      const [found] = compareTables(
        table(to === undefined ? {} : { ttl: to }),
        table(from === undefined ? {} : { ttl: from }),
      ).differences;
      return found?.kind === "ttl" ? found.shortens : undefined;
    };
    expect(shortens(ttl(2), ttl(1))).toBe(false);
    expect(shortens(undefined, ttl(1))).toBe(false);
    expect(shortens(ttl(1), ttl(2))).toBe(true);
    expect(shortens(ttl(1), undefined)).toBe(true);
    expect(shortens(ttl(2, "b"), ttl(1))).toBe(true);
    expect(shortens("toDate(a) + 7", ttl(1))).toBe(true);
  });
});
