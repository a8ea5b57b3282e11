import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { nullRules, sourceNames } from "../../../src/spec/model.js";
import { checkSchema } from "../../../src/spec/schema-check.js";
import { type SpecKind, specKindOf } from "../../../src/spec/spec-kind.js";
import { readFiles, repository } from "./project-files.js";

type Json = Record<string, unknown>;

const folder = join(repository, "schemas");
const schemas = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8")) as Json] as const);

/** Every object inside of a schema, with its path. */
function* subschemas(value: unknown, path = "#"): Generator<readonly [string, Json]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Json];
  for (const [key, inner] of Object.entries(value)) {
    // Examples and defaults are data, and may hold keys that look like a schema's.
    if (key !== "examples" && key !== "default" && key !== "enum") yield* subschemas(inner, `${path}/${key}`);
  }
}

describe.each(schemas)("%s", (_, schema) => {
  it("teaches with examples and defaults that it accepts itself", () => {
    const ajv = new Ajv({ strict: false });
    for (const [path, part] of subschemas(schema)) {
      if (path.endsWith("/properties")) continue;
      const { examples = [], default: fallback, ...rest } = part;
      // An example of a conditional branch is one of the property itself.
      const validate = ajv.compile({ ...rest, definitions: schema.definitions });
      const values = [
        ...(Array.isArray(examples) ? examples : []),
        ...(fallback === undefined ? [] : [fallback]),
      ];
      for (const value of values) expect(validate(value), `${path}: ${JSON.stringify(value)}`).toBe(true);
    }
  });

  it("explains itself, and lets no unknown key pass", () => {
    expect(schema).toMatchObject({ title: expect.any(String), description: expect.any(String) });
    for (const [path, part] of subschemas(schema)) {
      if (part.type === "object") expect(part.additionalProperties, path).toBeDefined();
    }
    const properties = Object.entries(schema.properties as Record<string, Json>);
    for (const [name, property] of properties) {
      const known = {
        ...((schema.definitions as Record<string, Json>)[String(property.$ref).slice(14)] ?? {}),
        ...property,
      };
      expect(known.description ?? known.examples ?? known.title, name).toBeDefined();
    }
  });
});

describe("the schemas and the values that files are parsed into", () => {
  const schema = (name: string): Json => schemas.find(([file]) => file === name)?.[1] ?? {};

  it("know the same sources", () => {
    expect(schema("project.schema.json")).toHaveProperty(
      "properties.sources.properties",
      Object.fromEntries(sourceNames.map((name) => [name, { $ref: "#/definitions/source" }])),
    );
    expect(schema("csv-map.schema.json")).toHaveProperty(
      "properties.source.enum",
      sourceNames.filter((name) => name !== "orderbooks"),
    );
  });

  it("know the same rules for NULL", () => {
    expect(schema("vector.schema.json")).toHaveProperty("properties.features.items.properties.on_null.enum", [
      ...nullRules,
    ]);
  });
});

describe("files that name their schema", () => {
  const stock = readFiles(repository);
  const schemaFiles: Readonly<Record<SpecKind, string>> = {
    project: "project",
    view: "view",
    vector: "vector",
    label: "label",
    csv: "csv-map",
    job: "job",
    model: "model",
  };

  it.each(stock.map((file) => file.path))("%s", (path) => {
    const first = readFileSync(join(repository, path), "utf8").split("\n")[0];
    const reference = /^# yaml-language-server: \$schema=(.+)$/.exec(first ?? "")?.[1] ?? "";
    const resolved = join(repository, dirname(path), reference);
    const kind = specKindOf(path);
    expect(existsSync(resolved)).toBe(true);
    expect(resolved).toBe(join(folder, `${kind === undefined ? "" : schemaFiles[kind]}.schema.json`));
  });

  it.each(["job", "model"] as const)("the %s of the README is a good one", (kind) => {
    const text = readFileSync(join(repository, `${kind}s/README.md`), "utf8");
    const block = /```yaml\n([\s\S]+?)```/.exec(text)?.[1] ?? "";
    expect(checkSchema(kind, parse(block))).toEqual([]);
  });

  it("accepts a label as the documents write it", () => {
    const label = {
      label: "trend_3",
      clock: "ubt",
      horizon: { buckets: 3 },
      price: { view: "book_state", column: "last_valid_mid", max_age: "5s" },
      outputs: ["raw_return", "return_per_second", "return_per_sqrt_second", "class", "label_end_ts"],
      class: { threshold: { sigma: 0.5, window: 100 }, min_bps: 2 },
    };
    expect(checkSchema("label", label)).toEqual([]);
  });
});
