import type { Engine, Params } from "../../../src/engine/port.js";
import { FeatureError } from "../../../src/errors.js";

/** What a suite works on: an open engine with an empty database `suite`, and a folder for files. */
export interface Subject {
  readonly engine: Engine;
  readonly folder: string;
}

/** Suites are declared before the engine is open, so they take it when a test runs. */
export type GetSubject = () => Subject;

/** The column `x` of the first row. */
export async function value(engine: Engine, sql: string, params: Params = {}): Promise<unknown> {
  const rows = await engine.rows<{ x: unknown }>(sql, { params });
  return rows[0]?.x;
}

/** Makes `suite.t` anew. */
export async function makeTable(
  engine: Engine,
  columns: string,
  tail = "ENGINE = MergeTree ORDER BY tuple()",
): Promise<void> {
  await engine.execute(`CREATE OR REPLACE TABLE suite.t (${columns}) ${tail}`);
}

/** The error that must come. */
export async function failure(work: Promise<unknown>): Promise<FeatureError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof FeatureError) return error;
  throw new Error(`not a FeatureError: ${String(error)}`);
}
