/** features/vectors/<name>.yaml → VectorSpec; whether its features exist is checked in references.ts. */

import { pointerTo } from "./json-pointer.js";
import type { VectorFeature, VectorSpec } from "./model.js";
import type { SpecReader } from "./spec-reader.js";

interface RawVector {
  readonly vector: string;
  readonly description?: string;
  readonly clock: string;
  readonly history?: number;
  readonly max_age: string;
  readonly lag?: string;
  readonly features: readonly (
    | string
    | { readonly feature: string; readonly on_null?: VectorFeature["onNull"] }
  )[];
}

export function readVectorFile(reader: SpecReader): VectorSpec {
  const raw = reader.file.data as RawVector;
  return {
    kind: "vector",
    name: raw.vector,
    description: raw.description ?? "",
    clock: raw.clock,
    history: raw.history ?? 1,
    maxAgeMs: reader.duration("/max_age", raw.max_age, 0),
    lagMs: reader.duration("/lag", raw.lag, 0),
    features: readFeatures(reader, raw),
    at: reader.file.keyAt("/vector"),
  };
}

function readFeatures(reader: SpecReader, raw: RawVector): VectorFeature[] {
  const places = new Map<string, number | undefined>();
  return raw.features.map((entry, index) => {
    const text = typeof entry === "string" ? entry : entry.feature;
    const [view = "", column = ""] = text.split(".");
    const at = reader.file.at(pointerTo("/features", index));
    if (places.has(text)) {
      reader.add(
        "FS_SPEC_DUPLICATE",
        `${text} stands in the vector twice: here and in line ${places.get(text)}`,
        at,
      );
    }
    places.set(text, places.get(text) ?? at.line);
    return { view, column, onNull: (typeof entry === "string" ? undefined : entry.on_null) ?? "reject", at };
  });
}
