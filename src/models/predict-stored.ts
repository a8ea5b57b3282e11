import type { Engine } from "../engine/port.js";
import { openRegistryReader } from "../registry/reader.js";
import { auditTableName } from "../schema/audit-table.js";
import type { Project } from "../spec/model.js";
import { AuditLog } from "./audit-log.js";
import { ServedModels } from "./load-served.js";
import type { ModelFolder } from "./model-folder.js";
import { readModel } from "./model-registry.js";
import type { Prediction } from "./prediction.js";
import { Predictor } from "./predictor.js";
import { TableRows } from "./table-rows.js";

export interface PredictStoredRequest {
  readonly engine: Engine;
  readonly project: Project;
  readonly folder: ModelFolder;
  readonly model: string;
}

/** Predictions of every instrument's newest stored row, as they would have been at the moment when the newest became usable. */
export async function predictStored({
  engine,
  project,
  folder,
  model,
}: PredictStoredRequest): Promise<Prediction[]> {
  const { registry } = project.databases;
  await readModel(engine, registry, model);
  const { objects } = await openRegistryReader(engine, registry).required();
  const served = new ServedModels(engine, registry, folder);
  try {
    const models = await served.load();
    const source = await TableRows.read(
      engine,
      models,
      (vector, fingerprint) =>
        objects.find(
          ({ kind, name, dataHash }) => kind === "vector" && name === vector && dataHash === fingerprint,
        )?.storage?.table,
    );
    const audit = new AuditLog({ engine, table: auditTableName(project), now: Date.now });
    const predictor = new Predictor({
      models,
      source,
      now: () => source.newest,
      onPrediction: (prediction, role) => audit.note(prediction, role),
    });
    const predictions = await predictor.predict(model, source.instruments);
    await predictor.drain();
    await audit.flush();
    if (audit.stats.failure !== undefined) throw audit.stats.failure;
    return predictions;
  } finally {
    await served.close();
  }
}
