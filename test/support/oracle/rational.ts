/** Exact fractions, for oracles that must not share an approach with what they judge. Slow on purpose. */
export class Rational {
  static readonly zero = new Rational(0n, 1n);
  readonly numerator: bigint;
  /** Always positive. */
  readonly denominator: bigint;

  private constructor(numerator: bigint, denominator: bigint) {
    this.numerator = numerator;
    this.denominator = denominator;
  }

  /** Plain decimal text such as `-12.50`. */
  static parse(text: string): Rational {
    const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
    const magnitude = BigInt(whole + fraction);
    return new Rational(text.startsWith("-") ? -magnitude : magnitude, 10n ** BigInt(fraction.length));
  }

  /** Exactly what a finite Float64 holds. */
  static ofNumber(value: number): Rational {
    let [magnitude, scale] = [Math.abs(value), 0];
    while (!Number.isInteger(magnitude)) {
      magnitude *= 2;
      scale += 1;
    }
    const numerator = BigInt(magnitude);
    return new Rational(value < 0 ? -numerator : numerator, 1n << BigInt(scale));
  }

  static sum(terms: readonly Rational[]): Rational {
    return terms.reduce((total, term) => total.plus(term), Rational.zero);
  }

  plus(other: Rational): Rational {
    const [coarse, fine] = this.denominator < other.denominator ? [this, other] : [other, this];
    if (fine.denominator % coarse.denominator === 0n) {
      const factor = fine.denominator / coarse.denominator;
      return new Rational(coarse.numerator * factor + fine.numerator, fine.denominator);
    }
    return new Rational(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  minus(other: Rational): Rational {
    return this.plus(new Rational(-other.numerator, other.denominator));
  }

  times(other: Rational): Rational {
    return new Rational(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  /** Null when `other` is zero. */
  over(other: Rational): Rational | null {
    if (other.numerator === 0n) return null;
    const sign = other.numerator < 0n ? -1n : 1n;
    return new Rational(sign * this.numerator * other.denominator, sign * this.denominator * other.numerator);
  }

  absolute(): Rational {
    return this.numerator < 0n ? new Rational(-this.numerator, this.denominator) : this;
  }

  isAtLeast(other: Rational): boolean {
    return this.numerator * other.denominator >= other.numerator * this.denominator;
  }

  /** The nearest Float64, ties to even. */
  toNumber(): number {
    if (this.numerator === 0n) return 0;
    const magnitude = this.numerator < 0n ? -this.numerator : this.numerator;
    // At least 64 quotient bits, the last one sticky: converting them to a Float64 then rounds as the fraction would.
    const shift = 66 - (bitLength(magnitude) - bitLength(this.denominator));
    const dividend = shift > 0 ? magnitude << BigInt(shift) : magnitude;
    const divisor = shift < 0 ? this.denominator << BigInt(-shift) : this.denominator;
    const sticky = dividend % divisor === 0n ? 0n : 1n;
    const value = Number((dividend / divisor) | sticky) * 2 ** -shift;
    return this.numerator < 0n ? -value : value;
  }

  /** The shortest plain decimal text; of numbers with at most `decimals` decimals only. */
  toDecimal(decimals = 8): string {
    const unit = 10n ** BigInt(decimals);
    const scaled = this.numerator * unit;
    if (scaled % this.denominator !== 0n) throw new RangeError(`more than ${decimals} decimals`);
    const units = scaled / this.denominator;
    const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
    const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
    const whole = digits.slice(0, digits.length - decimals);
    return `${units < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
  }
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}
