/** The registry's models: a reader for those who serve and list, a writer for those who register and roll out. */
import type { Engine, Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { registryTable } from "../registry/tables.js";
import { quoteName } from "../schema/quote.js";
import type { ModelContract } from "../spec/model-contract.js";
import { sqlTemplate } from "../sql-template.js";
import type { ModelVector } from "./loaded-model.js";
import type { ModelHistory, RegisteredModel, RolloutRecord } from "./registered-model.js";
import { type RolloutEvent, rolloutState } from "./rollout.js";

const existsSql = sqlTemplate(import.meta.url, "registry-exists");
const modelsSql = sqlTemplate(import.meta.url, "registered-models");
const historySql = sqlTemplate(import.meta.url, "rollout-history");
const putModelSql = sqlTemplate(import.meta.url, "put-model");
const putRolloutSql = sqlTemplate(import.meta.url, "put-rollout");

interface ModelRecordRow {
  readonly model: string;
  readonly signature: string;
  readonly fingerprint: string;
  readonly record: string;
  readonly registered_at: string;
}

interface RolloutRow {
  readonly model: string;
  readonly action: RolloutEvent["action"];
  readonly version: number;
  readonly stage: RolloutEvent["stage"]["kind"];
  readonly percent: number;
  readonly by: string;
  readonly at: string;
}

interface StoredRecord {
  readonly contract: ModelContract & { readonly sha256: string };
  readonly vector: ModelVector;
}

/** Every registered model with its versions and history, by name; empty where nothing was ever registered. */
export async function readModels(reader: Reader, database: string): Promise<ModelHistory[]> {
  const [found] = await reader.rows<{ tables: string }>(existsSql(), { params: { database } });
  if (Number(found?.tables) < 2) return [];
  const rows = await reader.rows<ModelRecordRow>(modelsSql({ models: tableOf(database, "models") }));
  const events = await reader.rows<RolloutRow>(historySql({ rollouts: tableOf(database, "rollouts") }));
  return [...new Set(rows.map(({ model }) => model))].map((model) => {
    const history = events.filter((event) => event.model === model).map(eventOf);
    return {
      model,
      versions: rows.filter((row) => row.model === model).map(versionOf),
      history,
      state: rolloutState(history),
    };
  });
}

/** One model. @throws FeatureError FS_MODEL_UNKNOWN when it was never registered on this target */
export async function readModel(reader: Reader, database: string, model: string): Promise<ModelHistory> {
  const models = await readModels(reader, database);
  const found = models.find((one) => one.model === model);
  if (found !== undefined) return found;
  const names = models.map((one) => one.model).join(", ");
  throw new FeatureError("FS_MODEL_UNKNOWN", `The model ${model} is not registered on this target.`, {
    object: model,
    hint: `Registered: ${names || "none"}. Run \`feature models register ${model}\`.`,
  });
}

export async function putModel(
  engine: Engine,
  database: string,
  { contract, vector, signature, fingerprint }: Omit<RegisteredModel, "registeredAt">,
): Promise<void> {
  await engine.execute(putModelSql({ models: tableOf(database, "models") }), {
    params: {
      model: contract.name,
      version: contract.version,
      file: contract.file,
      sha256: contract.sha256,
      vector: vector.name,
      signature,
      fingerprint,
      record: JSON.stringify({ contract, vector } satisfies StoredRecord),
    },
  });
}

export async function putRollout(
  engine: Engine,
  database: string,
  model: string,
  { action, version, stage }: RolloutEvent,
  by: string,
): Promise<void> {
  const percent = stage.kind === "canary" ? stage.percent : 0;
  await engine.execute(putRolloutSql({ rollouts: tableOf(database, "rollouts") }), {
    params: { model, action, version, stage: stage.kind, percent, by },
  });
}

function versionOf(row: ModelRecordRow): RegisteredModel {
  const { contract, vector } = JSON.parse(row.record) as StoredRecord;
  const { signature, fingerprint } = row;
  return { contract, vector, signature, fingerprint, registeredAt: row.registered_at };
}

function eventOf({ action, version, stage, percent, by, at }: RolloutRow): RolloutRecord {
  return { action, version, stage: stage === "canary" ? { kind: stage, percent } : { kind: stage }, by, at };
}

function tableOf(database: string, table: "models" | "rollouts"): string {
  return quoteName(registryTable(database, table));
}
