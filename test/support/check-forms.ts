/** Every stock feature in a vector, on what a deployment holds. */
import { expect } from "vitest";
import { PrismClient } from "../../src/client/client.js";
import { compileVector, vectorColumnName } from "../../src/compile/vector.js";
import { type ServedVector, servedVector } from "../../src/online/served-vector.js";
import { renderCreate } from "../../src/schema/render.js";
import type { VectorSpec } from "../../src/spec/model.js";
import { everyFeatureVectors } from "./every-feature.js";
import { type Rows, rowForms } from "./row-forms.js";
import { serveDeployment } from "./served-recording.js";
import { onlineBits, tableBits } from "./served-stock.js";
import { type Deployment, loadStock } from "./stock-deployment.js";

/** What was compared. */
export interface Formed {
  readonly instruments: number;
  readonly features: number;
  readonly rows: number;
  readonly values: number;
  readonly nulls: number;
}

/**
 * A vector of every feature, hot and lazy: the views' values in its table, and the table's bits in every form in which they leave.
 * @param every of the rows that are asked for one by one, one in so many is
 * @returns by vector
 */
export async function checkForms(deployment: Deployment, every: number): Promise<Record<string, Formed>> {
  const { engine, catalog, project } = deployment;
  const views = new Map(
    catalog.objects.filter(({ kind }) => kind === "view").map((view) => [view.name, view]),
  );
  const specs = everyFeatureVectors(await loadStock({}));
  const vectors: ServedVector[] = [];
  for (const spec of specs) {
    const clock = project.clocks[spec.clock];
    if (clock === undefined) throw new Error(`no clock ${spec.clock}`);
    const compiled = compileVector(spec, { project, clock, path: "hot", views });
    for (const table of compiled.tables) await engine.execute(renderCreate(table));
    await engine.execute(compiled.backfill ?? "");
    if (compiled.storage === undefined) throw new Error(`${spec.name} is not stored`);
    vectors.push(servedVector(spec, { ...compiled, table: compiled.storage.table }));
  }
  const compared: Record<string, Formed> = {};
  const served = await serveDeployment(deployment, vectors);
  const open = await served.open({ limits: { requestsPerSecond: 0 } });
  try {
    const client = new PrismClient({ url: open.url });
    for (const [place, vector] of vectors.entries()) {
      const spec = specs[place] as VectorSpec;
      const table = await tableBits(deployment, vector);
      expect(Object.keys(table).length, vector.name).toBeGreaterThan(1);
      await checkAgainstViews(deployment, vector, table);
      expect(onlineBits(served.store, vector)).toEqual(table);
      const forms = await rowForms(served, { vector, spec }, client, { table, every });
      for (const [form, rows] of Object.entries(forms))
        expect(rows, `${vector.name}, ${form}`).toEqual(table);
      const rows = Object.values(table).flat();
      const cells = rows.flatMap((row) => row.split(" ").slice(4));
      const nulls = cells.filter((cell) => cell === "null").length;
      compared[vector.name] = {
        ...{ instruments: Object.keys(table).length, features: vector.features.length, rows: rows.length },
        ...{ values: cells.length - nulls, nulls },
      };
    }
  } finally {
    await open.close();
  }
  return compared;
}

/** A vector's columns against the tables of its views; those of views that are known later than their buckets are of earlier ones. */
async function checkAgainstViews(deployment: Deployment, vector: ServedVector, table: Rows): Promise<void> {
  const { views } = await loadStock({});
  for (const { name, delayMs } of views) {
    const object = deployment.catalog.objects.find((one) => one.kind === "view" && one.name === name);
    const columns = (object?.columns ?? []).filter((column) =>
      vector.features.includes(vectorColumnName(name, column.name)),
    );
    if (columns.length === 0 || delayMs > 0 || object?.storage === undefined) continue;
    const { storage } = object;
    const features = columns.map((column) => storage.columnPrefix + column.name);
    const stored = await tableBits(deployment, { ...vector, table: storage.table, features });
    const places = columns.map((column) => 4 + vector.features.indexOf(vectorColumnName(name, column.name)));
    for (const [instrument, rows] of Object.entries(table)) {
      const own = new Map(
        (stored[instrument] ?? []).map((row) => [row.split(" ", 1)[0], row.split(" ").slice(4)]),
      );
      const found = rows
        .map((row) => row.split(" "))
        .map((cells) => [cells[0], ...places.map((place) => cells[place])]);
      expect(found, `${name} of ${instrument}`).toEqual(
        found.map(([id]) => [id, ...(own.get(id) ?? places.map(() => "null"))]),
      );
    }
  }
}
