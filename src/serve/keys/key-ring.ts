import { timingSafeEqual } from "node:crypto";
import { hashOf, idOf, type Scope, type StoredKey } from "./api-key.js";

/** The keys that a service knows. */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, StoredKey>;

  constructor(keys: readonly StoredKey[]) {
    this.#keys = new Map(keys.map((key) => [key.id, key]));
  }

  /** Without keys nobody is asked for one. */
  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  /** The stored key that a presented one is; the comparison takes the same time whether and where they differ. */
  find(presented: string): StoredKey | undefined {
    const stored = this.#keys.get(idOf(presented) ?? "");
    const hash = hashOf(presented);
    const isSame = timingSafeEqual(hash, stored?.hash ?? nobody);
    return isSame ? stored : undefined;
  }
}

/** What unknown ids are compared with. */
const nobody = Buffer.alloc(32);

export function grants(key: StoredKey, scope: Scope): boolean {
  return key.scopes.includes(scope) || key.scopes.includes("admin");
}
