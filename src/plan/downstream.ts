import { type Catalog, objectId } from "../compile/catalog.js";
import type { DeployedState } from "./deployed.js";

/** Somebody who reads views or vectors and is no object of the catalog: a label, a model. */
export interface Consumer {
  /** `label:trend_3`, `model:trend_baseline`. */
  readonly id: string;
  /** `kind:name` of what it reads directly. */
  readonly reads: readonly string[];
}

/** Who reads an object, directly or through others. */
export interface Downstream {
  /** `kind:name`, nearest first. */
  of(id: string): readonly string[];
}

/** The readers as the specs say and as they are deployed: what goes is still read by what is live. */
export function downstreamOf(
  desired: Catalog,
  actual: DeployedState,
  consumers: readonly Consumer[],
): Downstream {
  const readers = new Map<string, Set<string>>();
  const add = (reader: string, reads: readonly string[]): void => {
    for (const id of reads) {
      const known = readers.get(id);
      if (known === undefined) readers.set(id, new Set([reader]));
      else known.add(reader);
    }
  };
  for (const object of desired.objects) add(objectId(object), object.upstream);
  for (const object of actual.objects) if (object.state === "live") add(objectId(object), object.upstream);
  for (const { id, reads } of consumers) add(id, reads);
  return {
    of(id) {
      const found = new Set<string>();
      const queue = [id];
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        for (const reader of readers.get(next) ?? []) {
          if (reader === id || found.has(reader)) continue;
          found.add(reader);
          queue.push(reader);
        }
      }
      return [...found];
    },
  };
}
