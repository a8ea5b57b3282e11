import { describe, expect, it } from "vitest";
import { type Catalog, objectId } from "../../../src/compile/catalog.js";
import { compileProject } from "../../../src/compile/compile-project.js";
import { Findings } from "../../../src/errors.js";
import { renderCreate } from "../../../src/schema/render.js";
import { parseProject } from "../../../src/spec/parse-project.js";
import type { SourceFile } from "../../../src/spec/yaml-file.js";
import { readFiles, repository } from "../spec/project-files.js";

const stock = readFiles(repository);

function compile(files: readonly SourceFile[]): Catalog {
  return compileProject(parseProject(files, {}, "/project"));
}

/** The stock files with one of them edited. */
function edited(path: string, edit: (text: string) => string): SourceFile[] {
  return stock.map((file) => (file.path === path ? { path, text: edit(file.text) } : file));
}

/** Of all but tables that views share, which are called after what is in them. */
function hashes({ objects }: Catalog): Record<string, string> {
  return Object.fromEntries(
    objects.filter(({ kind }) => kind !== "fused").map((object) => [objectId(object), object.dataHash]),
  );
}

/** Names of the objects whose data hash differs. */
function changed(files: readonly SourceFile[]): string[] {
  const before = hashes(compile(stock));
  const after = hashes(compile(files));
  return Object.keys(after)
    .filter((name) => after[name] !== before[name])
    .sort();
}

describe("the catalog of the stock project", () => {
  it("has no table of the product under a name that a view may bear", () => {
    const { clockTables } = compile(stock);
    const names = clockTables.map(({ name }) => name).filter((name) => !name.includes("__"));
    expect(names).toEqual(expect.arrayContaining(["unified_buckets", "fits", "fetches", "job_runs"]));
    const view = (name: string): SourceFile => ({
      path: `features/${name}.yaml`,
      text: `view: ${name}\nclock: ubt\nfrom: trades\ncolumns:\n  x_of_it: { sql: "count()" }\n`,
    });
    const refused = (): unknown => compile([...stock, ...names.map(view)]);
    expect(refused).toThrow(Findings);
    const said = names.map((name) => `the name ${name} is taken by a stream or table of the product`);
    expect(refused).toThrow(said.toSorted().join("\n"));
  });

  it("compiles to the text that was reviewed", async () => {
    const text = compile(stock)
      .objects.flatMap((object) => [
        `-- ${object.kind} ${object.name}, level ${object.level}, look-back ${object.lookBack}`,
        ...object.tables.map((table) => `${renderCreate(table)};`),
        ...object.triggers.map((trigger) => `${renderCreate(trigger)};`),
        ...(object.alias === undefined ? [] : [`${renderCreate(object.alias)};`]),
        ...(object.backfill === undefined ? [] : [`${object.backfill};`]),
      ])
      .join("\n\n");
    await expect(`${text}\n`).toMatchFileSnapshot("golden/stock-catalog.sql");
  });

  it("is the same for the same specs, and puts what is read before what reads it", () => {
    const catalog = compile(stock);
    expect(compile([...stock].reverse())).toEqual(catalog);
    const seen = new Set<string>();
    for (const object of catalog.objects) {
      for (const upstream of object.upstream) expect(seen).toContain(upstream);
      seen.add(`${object.kind}:${object.name}`);
    }
  });
});

/** An object, and everything that is computed from it, directly or not. An alias only shows what others store. */
function downstreamOf(id: string): string[] {
  const found = new Set([id]);
  for (const object of compile(stock).objects) {
    if (object.storage !== undefined && object.upstream.some((upstream) => found.has(upstream)))
      found.add(objectId(object));
  }
  return [...found].sort();
}

describe("fingerprints", () => {
  it("do not change with layout, comments, order of keys, descriptions, units", () => {
    expect(
      changed(
        edited("features/vpin.yaml", (text) => text.replace(/OVER w20 \//g, "OVER   w20 /* twenty */ /")),
      ),
    ).toEqual([]);
    expect(
      changed(
        edited(
          "features/order_flow.yaml",
          (text) => `# a comment\n${text.replace(/unit: base/g, "unit: coins")}`,
        ),
      ),
    ).toEqual([]);
    expect(
      changed(
        edited("features/order_flow.yaml", (text) => text.replace(/^owner: .*$/m, "owner: somebody else")),
      ),
    ).toEqual([]);
  });

  it("change with an expression, and with them all that is downstream", () => {
    const files = edited("features/order_flow.yaml", (text) =>
      text.replace("sumIf(quantity, side > 0)", "sumIf(quantity, side >= 0)"),
    );
    const behind = downstreamOf("view:order_flow");
    expect(behind).toEqual(expect.arrayContaining(["vector:trend_v1", "view:order_flow", "view:vpin"]));
    expect(behind).not.toContain("view:book_state");
    expect(changed(files)).toEqual(behind);
  });

  it("change with what is a clock's data; not with size, target and lateness", () => {
    const views = compile(stock)
      .objects.filter(
        ({ kind, storage, clock: own }) => kind !== "fused" && storage !== undefined && own === "ubt",
      )
      .map(objectId)
      .sort();
    const clock = (from: RegExp, to: string) =>
      changed(
        edited("features.yaml", (text) => {
          expect(text).toMatch(from);
          return text.replace(from, to);
        }),
      );
    expect(clock(/max: 60s/, "max: 61s")).toEqual(views);
    expect(clock(/book_gap: 120s/, "book_gap: 90s")).toEqual(
      [...views, "stream:ubt.books", "stream:ubt.books_lazy", "stream:ubt.events_lazy"].sort(),
    );
    expect(clock(/target: 30s/, "target: 20s")).toEqual([]);
    expect(clock(/allowed_lateness: 200ms/, "allowed_lateness: 100ms")).toEqual([]);
    expect(clock(/binance\/spot\/BTCUSDT: 5\b/, "binance/spot/BTCUSDT: 6")).toEqual([]);
  });

  it("of a view do not depend on the views beside it", () => {
    const more: SourceFile = {
      path: "features/deep_book.yaml",
      text: 'view: deep_book\ndescription: d\nowner: o\nclock: ubt\nfrom: books\ncolumns:\n  third: { sql: "argMax(bid_px[3], ord)", unit: quote }\n',
    };
    // Without the views that read all of the book, so that this one makes the stream wider.
    const shallow = new Set(
      ["book_shape", "book_changes", "ofi", "oi_lob_squeeze"].map((name) => `features/${name}.yaml`),
    );
    const base = stock.filter(({ path }) => !shallow.has(path));
    const before = hashes(compile(base));
    const after = hashes(compile([...base, more]));
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual([
      "stream:ubt.books_lazy",
      "view:deep_book",
    ]);
  });
});

describe("paths", () => {
  const pathOf = (catalog: Catalog): Record<string, string> =>
    Object.fromEntries(catalog.objects.map((object) => [objectId(object), object.path]));

  it("are hot for vectors and all that they read, lazy for the rest", () => {
    const paths = pathOf(compile(stock));
    expect(paths).toMatchObject({
      "vector:trend_v1": "hot",
      "view:vpin": "hot",
      "view:order_flow": "hot",
      "view:kyle_lambda": "lazy",
      "stream:ubt.trades": "hot",
      "stream:ubt.trades_lazy": "lazy",
    });
    for (const object of compile(stock).objects.filter(({ path }) => path === "hot")) {
      for (const upstream of object.upstream) expect(paths[upstream], upstream).toBe("hot");
    }
    const { close } = compile(stock).clocks[0] ?? { close: undefined };
    expect(close?.hot.map(({ name }) => name)).toEqual([
      "ubt__close_0_hot",
      "ubt__close_1_hot",
      "ubt__close_2_hot",
    ]);
  });

  it("have no part in what a version is, and a version that was hot stays hot", () => {
    const without = stock.filter(({ path }) => !path.startsWith("features/vectors/"));
    const deployed = compile(stock).objects.map((object) => ({ ...object, storage: object.storage ?? null }));
    const specs = parseProject(without, {}, "/project");
    const before = hashes(compile(stock));
    const after = hashes(compileProject(specs));
    for (const name of Object.keys(after).filter((item) => item.startsWith("view:")))
      expect(after[name]).toBe(before[name]);
    expect(pathOf(compileProject(specs))["view:vpin"]).toBe("lazy");
    expect(pathOf(compileProject(specs, deployed))).toMatchObject({
      "view:vpin": "hot",
      "view:amihud": "lazy",
    });
  });
});

describe("expressions that cannot be compiled", () => {
  it("are all reported, with their places", () => {
    const broken: SourceFile = {
      path: "features/broken.yaml",
      text: 'view: broken\ndescription: d\nowner: o\nclock: ubt\nfrom: trades\ncolumns:\n  a: { sql: "any(price)", unit: quote }\n  b: { sql: "sum(price", unit: quote }\n  c: { sql: "sum(price) OVER w9", unit: quote }\n',
    };
    try {
      compile([...stock, broken]);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof Findings)) throw error;
      expect(error.findings.map(({ code, at }) => [code, at?.file, at?.line])).toEqual([
        ["FS_SPEC_ORDER_DEPENDENT", "features/broken.yaml", 7],
        ["FS_SPEC_EXPRESSION", "features/broken.yaml", 8],
        ["FS_SPEC_EXPRESSION", "features/broken.yaml", 9],
      ]);
    }
  });
});
