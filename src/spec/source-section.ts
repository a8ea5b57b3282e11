/** `sources:` of features.yaml. */

import { pointerTo } from "./json-pointer.js";
import { type Source, type SourceName, sourceNames } from "./model.js";
import type { RawProject, RawSource } from "./raw-project.js";
import { readSides } from "./sides.js";
import { sourceColumns } from "./source-columns.js";
import { recordOf, type SpecReader } from "./spec-reader.js";
import { didYouMean } from "./suggest.js";

/** Every source: as the file says, or owned under its own name. */
export function readSources(reader: SpecReader, raw: RawProject): Readonly<Record<SourceName, Source>> {
  const read = (name: SourceName): Source => readSource(reader, name, raw.sources?.[name] ?? {});
  return recordOf(sourceNames.map((name) => [name, read(name)])) as Record<SourceName, Source>;
}

function readSource(reader: SpecReader, name: SourceName, raw: RawSource): Source {
  const pointer = pointerTo("/sources", name);
  const external = raw.external ?? false;
  for (const key of ["columns", "sides", "available_at"] as const) {
    if (raw[key] === undefined || external) continue;
    const message = `\`sources.${name}.${key}\` belongs to an external table, but this one is owned`;
    reader.add(
      "FS_SPEC_VALUE",
      message,
      reader.file.keyAt(pointerTo(pointer, key)),
      `Remove \`${key}\`, or add \`external: true\`.`,
    );
  }
  if (!external && raw.table?.includes(".")) {
    const message = `\`sources.${name}.table\` names a database, but an owned table is in the project's own`;
    reader.add(
      "FS_SPEC_VALUE",
      message,
      reader.file.at(pointerTo(pointer, "table")),
      "Remove the database, or add `external: true`.",
    );
  }
  const known = sourceColumns(name);
  for (const column of Object.keys(raw.columns ?? {})) {
    if (known.includes(column)) continue;
    const hint = didYouMean(column, known, `Columns of ${name}: ${known.join(", ")}.`);
    const at = reader.file.keyAt(pointerTo(pointerTo(pointer, "columns"), column));
    reader.add("FS_SPEC_UNKNOWN_REFERENCE", `${name} has no column ${column}`, at, hint);
  }
  const hasSides = known.includes("side");
  if (raw.sides !== undefined && !hasSides) {
    reader.add(
      "FS_SPEC_VALUE",
      `rows of ${name} have no side, so no words for it`,
      reader.file.keyAt(pointerTo(pointer, "sides")),
      "Remove `sides`.",
    );
  }
  return {
    name,
    table: raw.table ?? name,
    external,
    columns: recordOf(Object.entries(raw.columns ?? {})),
    sides: external && hasSides ? readSides(reader, pointerTo(pointer, "sides"), raw.sides) : undefined,
    availableAt: raw.available_at,
    delayMs: reader.duration(pointerTo(pointer, "delay"), raw.delay, 0),
    maxAgeMs:
      raw.max_age === undefined ? undefined : reader.duration(pointerTo(pointer, "max_age"), raw.max_age, 0),
  };
}
