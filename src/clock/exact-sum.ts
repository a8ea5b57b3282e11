import type { WideColumn } from "./trade-batch.js";

/** 256 bits in halves of 32, and one limb for what is carried out of them. */
const limbCount = 9;
const limbSize = 2 ** 32;
/** A Float64 limb stays exact below 2^53, that is for 2^21 terms below 2^32; half of that leaves room for carries. */
const maxTerms = 2 ** 20;

/**
 * The exact sum of non-negative integers of up to 256 bits, at the speed of floats: every 32-bit limb is summed on its own
 * in a Float64, and carries are settled only every million terms.
 */
export class ExactSum {
  readonly #limbs = new Float64Array(limbCount);
  /** Limbs from here on are zero. */
  #used = 0;
  #terms = 0;

  /** Adds rows `from` to `to` (exclusive) of a column. */
  add(column: WideColumn, from: number, to: number): void {
    const { halves, stride, used } = column;
    const limbs = this.#limbs;
    if (used > this.#used) this.#used = used;
    for (let row = from; row < to; row++) {
      const base = row * stride;
      for (let limb = 0; limb < used; limb++) {
        limbs[limb] = (limbs[limb] as number) + (halves[base + limb] as number);
      }
      this.#grow(1);
    }
  }

  merge(other: ExactSum): void {
    const from = other.#limbs;
    const limbs = this.#limbs;
    if (other.#used > this.#used) this.#used = other.#used;
    for (let limb = 0; limb < other.#used; limb++) {
      limbs[limb] = (limbs[limb] as number) + (from[limb] as number);
    }
    this.#grow(other.#terms + 1);
  }

  set(value: bigint): void {
    let rest = value;
    for (let limb = 0; limb < limbCount; limb++) {
      this.#limbs[limb] = Number(BigInt.asUintN(32, rest));
      rest >>= 32n;
    }
    this.#used = limbCount;
    this.#terms = 1;
  }

  clear(): void {
    for (let limb = 0; limb < this.#used; limb++) this.#limbs[limb] = 0;
    this.#used = 0;
    this.#terms = 0;
  }

  toBigInt(): bigint {
    const near = this.toNumber();
    if (near < Number.MAX_SAFE_INTEGER) return BigInt(near);
    let value = 0n;
    for (let limb = this.#used - 1; limb >= 0; limb--) {
      value = (value << 32n) + BigInt(this.#limbs[limb] as number);
    }
    return value;
  }

  /** Exact below 2^53, and within a relative 2^-48 above. */
  toNumber(): number {
    let value = 0;
    for (let limb = this.#used - 1; limb >= 0; limb--) {
      value = value * limbSize + (this.#limbs[limb] as number);
    }
    return value;
  }

  /** Counts terms, and settles the carries before a limb can become inexact. */
  #grow(terms: number): void {
    this.#terms += terms;
    if (this.#terms >= maxTerms) this.#settleCarries();
  }

  #settleCarries(): void {
    const limbs = this.#limbs;
    this.#used = Math.min(this.#used + 1, limbCount);
    for (let limb = 0; limb < this.#used - 1; limb++) {
      const carry = Math.floor((limbs[limb] as number) / limbSize);
      limbs[limb] = (limbs[limb] as number) - carry * limbSize;
      limbs[limb + 1] = (limbs[limb + 1] as number) + carry;
    }
    this.#terms = 1;
  }
}
