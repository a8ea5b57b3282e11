import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { TableName } from "../schema/object.js";
import type { FormattedFile, OutFormat } from "./file-format.js";
import { type TrainingSet, vectorOfLabel } from "./training-set.js";

/** What every fetch needs. */
export interface FetchRequest {
  readonly engine: Engine;
  readonly set: TrainingSet;
  readonly out: FormattedFile<OutFormat>;
  /** A csv file of intervals whose rows are left out. */
  readonly outages?: string;
  /** Where it is recorded who was fetched: the table `fetches`. Undefined: nowhere. */
  readonly log?: TableName;
  /** The revision whose versions are read, for the manifest. */
  readonly revision?: number;
  /** Where the fetch makes its own tables; it drops them at its end. */
  readonly database: string;
}

/** Before any work: the set can be read, the file's folder is there, and the file is not an input. */
export function checkRequest({ set, out }: FetchRequest, inputs: readonly string[]): void {
  const [first] = set.vectors;
  if (first === undefined) throw new FeatureError("FS_INTERNAL", "A fetch without a vector.");
  for (const label of set.labels) {
    if (vectorOfLabel(set, label) !== undefined) continue;
    const message = `The label ${label.name} is of clock ${label.clock}, of which no vector is fetched.`;
    throw new FeatureError("FS_FETCH_CLOCKS", message, { object: label.name });
  }
  checkOut(out.path, inputs);
}

function checkOut(path: string, inputs: readonly string[]): void {
  const target = resolve(path);
  if (inputs.some((input) => resolve(input) === target)) {
    throw new FeatureError("FS_FETCH_OUT", `The result would overwrite the input ${path}.`, { object: path });
  }
  if (statSync(dirname(target), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new FeatureError("FS_FETCH_OUT", `The folder ${dirname(target)} does not exist.`, { object: path });
  }
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new FeatureError("FS_FETCH_OUT", `${path} is a folder.`, { object: path });
  }
}
