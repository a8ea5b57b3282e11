import { describe, expect, it } from "vitest";
import { expandVariables } from "../../../src/spec/expand-variables.js";
import { instrumentName } from "../../../src/spec/model.js";
import type { SourceFile } from "../../../src/spec/yaml-file.js";
import {
  baseProject,
  findingsOf,
  overlay,
  parse,
  readFiles,
  render,
  repository,
  variable,
} from "./project-files.js";

const stock = readFiles(repository);

/** The project of the tests with another features.yaml below its first lines. */
function project(rest: string): SourceFile[] {
  const head = [
    "project: p",
    "engine: embedded",
    "targets: { embedded: { engine: embedded, path: db } }",
    "instruments: { binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT } }",
  ];
  return [{ path: "features.yaml", text: [...head, rest].join("\n") }];
}

describe("the stock project", () => {
  it("parses without findings and without any variable of the environment", () => {
    expect(render(findingsOf(stock))).toBe("");
  });

  it("has the views, the vector and the csv maps that the documents speak of", () => {
    const specs = parse(stock);
    const columns = Object.fromEntries(
      specs.views.map((view) => [view.name, view.columns.map((column) => column.name)]),
    );
    expect(columns).toMatchObject({
      book_state: [
        "mid",
        "mid_start",
        "last_valid_mid",
        "mid_age_ms",
        "spread_bps",
        "top_imbalance",
        "weighted_mid",
      ],
      order_flow: [
        "buy_volume",
        "sell_volume",
        "volume",
        "quote_volume",
        "trades",
        "vwap",
        "open",
        "high",
        "low",
        "close",
        "imbalance",
        "duration_s",
      ],
      trade_impact: ["price_change", "signed_volume", "trade_impact_ratio"],
      vpin: ["vpin_20", "vpin_50"],
    });
    const vector = specs.vectors.find((candidate) => candidate.name === "trend_v1");
    expect(vector).toMatchObject({ clock: "ubt", history: 60, maxAgeMs: 120_000, lagMs: 150 });
    expect(new Set(vector?.features.map((feature) => feature.view))).toEqual(
      new Set(["order_flow", "trade_impact", "book_state", "vpin"]),
    );
    expect(specs.csvMaps.map((map) => [map.name, map.source, map.time])).toEqual([
      ["coinbase", "trades", { unit: "iso", zone: "UTC" }],
      ["funding_history", "funding_rates", { unit: "iso", zone: "+03:00" }],
    ]);
  });

  it("describes every view and column to its readers", () => {
    for (const view of parse(stock).views) {
      expect(view.description, view.name).not.toBe("");
      for (const column of view.columns) {
        expect(column.doc, `${view.name}.${column.name}`).toBeTruthy();
        expect(column.unit, `${view.name}.${column.name}`).toBeTruthy();
      }
    }
  });

  it("cuts BTCUSDT by 5 BTC on spot and by 25 on futures, at most 60 s", () => {
    const clock = parse(stock).project.clocks.ubt;
    expect(clock).toMatchObject({ mode: "volume", targetMs: 30_000, maxMs: 60_000, maxTrades: 100_000 });
    expect(clock?.size.byInstrument["binance/spot/BTCUSDT"]).toBe("5");
    expect(clock?.size.byInstrument["binance/linear/BTCUSDT"]).toBe("25");
  });
});

describe("parseProject", () => {
  it("fills in what the file leaves out", () => {
    const { project: found } = parse(project("clocks: { ubt: { size: 5 } }"));
    expect(found.clocks.ubt).toEqual({
      name: "ubt",
      mode: "volume",
      targetMs: 30_000,
      maxMs: 60_000,
      maxTrades: 100_000,
      bookGapMs: 120_000,
      size: { fromBucketConfig: false, byInstrument: {}, fallback: "5" },
      allowedLatenessMs: 200,
    });
    expect(found.databases).toEqual({
      raw: "marketprism_hot",
      cold: "marketprism_cold",
      features: "marketprism_features",
      registry: "marketprism_registry",
    });
    expect(found.retention).toEqual({ rawMs: 604_800_000, featuresMs: 7_776_000_000, versions: 2 });
    expect(found.sources.trades).toEqual({
      name: "trades",
      table: "trades",
      external: false,
      columns: {},
      sides: undefined,
      availableAt: undefined,
      delayMs: 0,
      maxAgeMs: undefined,
    });
    expect(Object.keys(found.sources)).toHaveLength(8);
  });

  it("keeps decimals as they are written", () => {
    const { project: found } = parse([
      {
        path: "features.yaml",
        text: [
          "project: p",
          "engine: embedded",
          "targets: { embedded: { engine: embedded, path: db } }",
          "instruments:",
          "  a/spot/X: { tick_size: 0.00001, lot_size: '0.10', contract_size: 100, base: X, quote: Y }",
          "clocks: { ubt: { size: { default: { a/spot/X: 0.00000001 }, fallback: 12.50 } } }",
        ].join("\n"),
      },
    ]);
    expect(found.instruments[0]).toMatchObject({ tickSize: "0.00001", lotSize: "0.10", contractSize: "100" });
    expect(found.clocks.ubt?.size).toEqual({
      fromBucketConfig: false,
      byInstrument: { "a/spot/X": "0.00000001" },
      fallback: "12.50",
    });
  });

  it("reads sizes in each form", () => {
    const size = (text: string): unknown =>
      parse(project(`clocks: { ubt: { size: ${text} } }`)).project.clocks.ubt?.size;
    const byInstrument = {};
    expect(size("5")).toEqual({ fromBucketConfig: false, byInstrument, fallback: "5" });
    expect(size("{ default: 5 }")).toEqual({ fromBucketConfig: false, byInstrument, fallback: "5" });
    expect(size("{ from: bucket_config }")).toEqual({
      fromBucketConfig: true,
      byInstrument,
      fallback: undefined,
    });
    expect(size("{ from: bucket_config, fallback: '7.5' }")).toEqual({
      fromBucketConfig: true,
      byInstrument,
      fallback: "7.5",
    });
  });

  it("reads retention that never ends", () => {
    const { retention } = parse(
      project("clocks: { ubt: { size: 5 } }\nretention: { raw: none, features: 12h }"),
    ).project;
    expect(retention).toEqual({ rawMs: undefined, featuresMs: 43_200_000, versions: 2 });
  });

  it("reads external sources", () => {
    const { sources } = parse(
      project(
        "clocks: { ubt: { size: 5 } }\nsources: { trades: { table: db.t, external: true, columns: { price: px }, sides: { buy: [B, 1], sell: [S, -1] }, delay: 2s, max_age: 9h }, liquidations: { external: true } }",
      ),
    ).project;
    expect(sources.trades).toMatchObject({
      table: "db.t",
      external: true,
      columns: { price: "px" },
      sides: { buy: ["B", "1"], sell: ["S", "-1"] },
      delayMs: 2_000,
      maxAgeMs: 32_400_000,
    });
    expect(sources.liquidations.sides).toEqual({ buy: ["buy"], sell: ["sell"] });
    expect(sources.orderbooks.sides).toBeUndefined();
  });

  it("gives windows their defaults: all buckets, one row of seconds", () => {
    const over = `view: over\nclock: ubt\nfrom: flow\nwindows: { b: { buckets: 20 }, s: { seconds: 60, current: false } }\ncolumns: { total: { sql: "sum(volume) OVER b" } }`;
    const specs = parse(overlay(baseProject, [{ path: "features/over.yaml", text: over }]));
    expect(specs.views.find((view) => view.name === "over")?.windows).toMatchObject([
      { name: "b", kind: "buckets", length: 20, min: 20, current: true },
      { name: "s", kind: "seconds", length: 60, min: 1, current: false },
    ]);
  });

  it("does not depend on the order of files, and sorts objects by file", () => {
    const forwards = parse(stock);
    const backwards = parse([...stock].reverse());
    expect(backwards).toEqual(forwards);
    expect(forwards.views.map((view) => view.name)).toEqual(
      [...forwards.views.map((view) => view.name)].sort(),
    );
  });

  it("gives frozen values", () => {
    const specs = parse(stock);
    expect(Object.isFrozen(specs.project.clocks.ubt?.size)).toBe(true);
    expect(Object.isFrozen(specs.views[0]?.columns[0])).toBe(true);
  });

  it("names instruments as they are written", () => {
    const { instruments } = parse(stock).project;
    expect(instruments.map(instrumentName)).toContain("coinbase/spot/BTC-USD");
  });

  it("ignores files that are no YAML", () => {
    expect(findingsOf([...baseProject, { path: "jobs/README.md", text: "# Jobs" }])).toEqual([]);
  });

  it("misses features.yaml, together with the other findings", () => {
    const files = [{ path: "features/a.yaml", text: "view: a" }];
    const codes = findingsOf(files).map((finding) => finding.code);
    expect(codes).toContain("FS_CLI_NO_PROJECT");
    expect(codes).toContain("FS_SPEC_MISSING_KEY");
  });
});

describe("targets and the environment", () => {
  const env = { TEST_URL: "https://ch.example:8443", TEST_USER: "me", TEST_PASSWORD: "hunter2" };

  it("reads the variables of the target in use", () => {
    const { targets } = parse(baseProject, { env, target: "prod" }).project;
    expect(targets.prod).toEqual({
      kind: "server",
      name: "prod",
      url: "https://ch.example:8443",
      username: "me",
      password: "hunter2",
      cluster: undefined,
    });
  });

  it("leaves the other targets alone", () => {
    const { targets } = parse(baseProject, { env }).project;
    expect(targets.prod).toMatchObject({
      url: variable("TEST_URL"),
      password: variable("TEST_PASSWORD"),
    });
    expect(targets.embedded).toEqual({ kind: "embedded", name: "embedded", path: "db" });
  });

  it("names each variable that is missing", () => {
    const findings = findingsOf(baseProject, { env: { TEST_USER: "me" }, target: "prod" });
    expect(render(findings)).toBe(
      [
        "features.yaml:5:32 FS_SPEC_ENV",
        "  the environment variable TEST_URL, which target prod needs for its url, is not set",
        "  → Set TEST_URL, or use another target with --target.",
        "features.yaml:5:83 FS_SPEC_ENV",
        "  the environment variable TEST_PASSWORD, which target prod needs for its password, is not set",
        "  → Set TEST_PASSWORD, or use another target with --target.",
        "",
      ].join("\n"),
    );
  });

  it("does not show an address that is none", () => {
    const findings = findingsOf(baseProject, { env: { ...env, TEST_URL: "hunter2" }, target: "prod" });
    expect(findings.map((finding) => finding.code)).toEqual(["FS_SPEC_VALUE"]);
    expect(JSON.stringify(findings.map((finding) => finding.report()))).not.toContain("hunter2");
  });

  it("does not look up inherited names, nor inside of values", () => {
    const env = { A: variable("B"), B: "b" };
    expect(expandVariables(`${variable("A")}/${variable("B")}`, env)).toEqual({
      value: `${variable("B")}/b`,
      missing: [],
    });
    expect(expandVariables(`${variable("constructor")}${variable("constructor")}`, env).missing).toEqual([
      "constructor",
    ]);
    expect(expandVariables("$A {B} $ {C}", env)).toEqual({ value: "$A {B} $ {C}", missing: [] });
  });
});
