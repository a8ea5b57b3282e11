import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { StoredVector } from "../compile/stored-vector.js";
import { vectorColumnName } from "../compile/vector.js";
import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { TableName } from "../schema/object.js";
import type { VectorSpec } from "../spec/model.js";
import type { FormattedFile, OutFormat } from "./file-format.js";

/** What every fetch needs. */
export interface FetchRequest {
  readonly engine: Engine;
  readonly vector: VectorSpec;
  /** The table of the vector's version that is read, as the registry has it. */
  readonly table: TableName;
  readonly out: FormattedFile<OutFormat>;
  /** Where it is recorded who was fetched: the table `fetches`. Undefined: nowhere. */
  readonly log?: TableName;
}

export function storedVector({ vector, table }: FetchRequest): StoredVector {
  return { table, features: vector.features.map(({ view, column }) => vectorColumnName(view, column)) };
}

/** Before any work: the file's folder is there, and the file is not an input. */
export function checkOut(path: string, inputs: readonly string[]): void {
  const target = resolve(path);
  if (inputs.some((input) => resolve(input) === target)) {
    throw new FeatureError("FS_FETCH_OUT", `The result would overwrite the spine ${path}.`, { object: path });
  }
  if (statSync(dirname(target), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new FeatureError("FS_FETCH_OUT", `The folder ${dirname(target)} does not exist.`, { object: path });
  }
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new FeatureError("FS_FETCH_OUT", `${path} is a folder.`, { object: path });
  }
}
