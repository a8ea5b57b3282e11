/** The audit against the vectors as they are stored now: was what models read, and what they said, what can be read and said again? */
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { openRegistryReader } from "../registry/reader.js";
import { auditTableName } from "../schema/audit-table.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { type InstrumentKey, instrumentName, type Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { LoadedModel } from "./loaded-model.js";
import { ModelFolder } from "./model-folder.js";
import { readModels } from "./model-registry.js";
import { hashRows } from "./model-row.js";
import { readVectorRows } from "./read-vector-rows.js";
import type { RegisteredModel } from "./registered-model.js";

const template = sqlTemplate(import.meta.url, "audited-predictions");
/** What answers may differ by: ONNX Runtime's kernels are not the same on every processor. */
const tolerance = 1e-6;
/** More of one kind teach nobody anything. */
const maxFindings = 50;

export interface ServedFinding {
  readonly object: string;
  readonly instrument: string;
  readonly bucketId: number;
  readonly message: string;
}

export interface ServedResult {
  /** Predictions that read rows. */
  readonly checked: number;
  readonly failed: number;
  /** Of `checked`, those whose model, file or rows are no longer there. Never green. */
  readonly notRecomputable: number;
  readonly findings: readonly ServedFinding[];
}

interface AuditRow {
  readonly request_id: string;
  readonly exchange: string;
  readonly market_type: InstrumentKey["marketType"];
  readonly symbol: string;
  readonly bucket: string;
  readonly model: string;
  readonly version: number;
  readonly vector: string;
  readonly fingerprint: string;
  readonly inputs_hash: string;
  readonly outputs: readonly number[];
}

export interface VerifyServedRequest {
  readonly reader: Reader;
  readonly project: Project;
  /** Predictions in `(from, to]`; epoch ms. */
  readonly from?: number;
  readonly to?: number;
}

const endOfTime = Date.UTC(2200, 0, 1);

export async function verifyServed({
  reader,
  project,
  from = 0,
  to = endOfTime,
}: VerifyServedRequest): Promise<ServedResult> {
  const sql = template({ audit: quoteName(auditTableName(project)) });
  const time = (ms: number) => new Date(ms).toISOString().replace("T", " ").slice(0, 23);
  const rows = await reader.rows<AuditRow>(sql, { params: { from: time(from), to: time(to) } });
  const { objects } = await openRegistryReader(reader, project.databases.registry).required();
  const models = await readModels(reader, project.databases.registry);
  const folder = new ModelFolder(project.root);
  const tally = new Tally();
  for (const group of groupsOf(rows, ({ model, version }) => `${model} ${version}`)) {
    const [first] = group;
    if (first === undefined) continue;
    const registered = models
      .find(({ model }) => model === first.model)
      ?.versions.find(({ contract }) => contract.version === first.version);
    const table = objects.find(
      ({ kind, name, dataHash }) =>
        kind === "vector" && name === first.vector && dataHash === first.fingerprint,
    )?.storage?.table;
    const model = registered && (await openModel(registered, folder));
    if (registered === undefined || model === undefined || table === undefined) {
      for (const row of group) tally.gone(row, "its model, file or vector version is no longer there");
      continue;
    }
    for (const own of groupsOf(group, (row) => `${row.exchange} ${row.market_type} ${row.symbol}`)) {
      await replay(reader, table, model, own, tally);
    }
    await model.release();
  }
  return tally.result();
}

async function replay(
  reader: Reader,
  table: TableName,
  model: LoadedModel,
  audited: readonly AuditRow[],
  tally: Tally,
): Promise<void> {
  const [first] = audited;
  if (first === undefined) return;
  const { exchange, market_type: marketType, symbol } = first;
  const ids = audited.map(({ bucket }) => Number(bucket));
  const { steps } = model.plan;
  const stored = await readVectorRows(
    reader,
    { table, features: model.vector.features },
    { exchange, marketType, symbol },
    Math.max(1, Math.min(...ids) - steps + 1),
    Math.max(...ids),
  );
  const places = new Map(stored.map(({ bucketId }, place) => [bucketId, place]));
  for (const row of audited) {
    const place = places.get(Number(row.bucket));
    const window = place === undefined ? [] : stored.slice(Math.max(0, place - steps + 1), place + 1);
    if (window.length < steps) {
      tally.gone(row, "rows that it read are no longer stored");
      continue;
    }
    if (hashRows(window) !== row.inputs_hash) {
      tally.fail(row, "the stored rows are not the ones that it read");
      continue;
    }
    const { answers } = await model.answer([window]);
    const said = [
      ...(answers[0]?.probabilities ?? []),
      ...(answers[0]?.value === undefined ? [] : [answers[0].value]),
    ];
    const far = said.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - Number(row.outputs[at]))),
      0,
    );
    if (said.length === row.outputs.length && far <= tolerance) tally.pass();
    else
      tally.fail(
        row,
        `the model answers [${said.join(", ")}] to the same rows, the audit has [${row.outputs.join(", ")}]`,
      );
  }
}

async function openModel(
  { contract, vector }: RegisteredModel,
  folder: ModelFolder,
): Promise<LoadedModel | undefined> {
  try {
    return await LoadedModel.open(contract, vector, await folder.read(contract.file));
  } catch (error) {
    if (error instanceof FeatureError && error.code === "FS_MODEL_FILE") return undefined;
    throw error;
  }
}

class Tally {
  #checked = 0;
  #failed = 0;
  #gone = 0;
  readonly #findings: ServedFinding[] = [];

  pass(): void {
    this.#checked += 1;
  }

  fail(row: AuditRow, message: string): void {
    this.#checked += 1;
    this.#failed += 1;
    this.#find(row, message);
  }

  gone(row: AuditRow, message: string): void {
    this.#checked += 1;
    this.#gone += 1;
    this.#find(row, message);
  }

  #find(
    { model, version, exchange, market_type: marketType, symbol, bucket, request_id: id }: AuditRow,
    message: string,
  ): void {
    if (this.#findings.length >= maxFindings) return;
    this.#findings.push({
      object: `model ${model} ${version}`,
      instrument: instrumentName({ exchange, marketType, symbol }),
      bucketId: Number(bucket),
      message: `prediction ${id}: ${message}`,
    });
  }

  result(): ServedResult {
    return {
      checked: this.#checked,
      failed: this.#failed,
      notRecomputable: this.#gone,
      findings: this.#findings,
    };
  }
}

function groupsOf<T>(rows: readonly T[], key: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
