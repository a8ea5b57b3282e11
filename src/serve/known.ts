import type { ServedVector } from "../online/served-vector.js";
import { HttpError } from "./http-error.js";
import type { Service } from "./service.js";

/** A vector of a path. */
export function knownVector({ store }: Service, name: string): ServedVector {
  const vector = store.vector(name);
  if (vector !== undefined) return vector;
  const names = store.vectors.map((one) => one.name);
  throw new HttpError("not_found", `There is no vector of that name; the vectors are ${names.join(", ")}.`);
}

/** Refuses instruments that neither the project names nor the vector has rows of. */
export function assertKnown(service: Service, vector: ServedVector, instruments: readonly string[]): void {
  for (const instrument of instruments) {
    if (service.store.holds(vector.name, instrument) || service.instruments.includes(instrument)) continue;
    throw new HttpError("not_found", `The instrument ${instrument} is unknown here.`);
  }
}

/** `"vector":…,"signature":…,"fingerprint":…` of an answer. */
export function aboutJson({ name, signature, fingerprint }: ServedVector): string {
  return `"vector":"${name}","signature":"${signature}","fingerprint":"${fingerprint}"`;
}
