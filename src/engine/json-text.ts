/** A value of a column, as a list of a Native block holds it (native.ts), in the JSON that the engine reads back to the same bits. */
type ValueText = (value: unknown) => string;

const integers = /^U?Int(8|16|32|64|128|256)$/;

/** How values of a type are written; undefined for types that the product does not insert row by row. */
export function jsonText(type: string): ValueText | undefined {
  if (integers.test(type)) return String;
  if (type === "String") return stringText;
  if (type === "Float64") return floatText;
  if (type === "Bool") return (value) => String(Boolean(value));
  if (type === "DateTime64(3, 'UTC')") return momentText;
  const [, head, inner = ""] = /^(Nullable|Array|Decimal)\((.*)\)$/.exec(type) ?? [];
  switch (head) {
    case "Nullable": {
      const text = jsonText(inner);
      return text && ((value) => (value === null || value === undefined ? "null" : text(value)));
    }
    case "Array": {
      const text = jsonText(inner);
      return text && ((value) => `[${Array.from(value as ArrayLike<unknown>, text).join(",")}]`);
    }
    case "Decimal":
      return decimalText(Number(inner.split(",")[1]));
  }
  return undefined;
}

/** Through UTF-8, which has no lone surrogates. */
function stringText(value: unknown): string {
  return JSON.stringify(Buffer.from(String(value)).toString());
}

function floatText(value: unknown): string {
  const number = Number(value);
  if (Number.isFinite(number)) return Object.is(number, -0) ? "-0" : String(number);
  if (Number.isNaN(number)) return `"nan"`;
  return number > 0 ? `"inf"` : `"-inf"`;
}

/** Ticks are milliseconds since 1970. */
function momentText(ticks: unknown): string {
  return `"${new Date(Number(ticks)).toISOString().slice(0, -1).replace("T", " ")}"`;
}

/** The integer is the value times ten to the power of the scale. */
function decimalText(scale: number): ValueText {
  return (value) => {
    const integer = BigInt(value as bigint | number);
    const digits = (integer < 0n ? -integer : integer).toString().padStart(scale + 1, "0");
    const point = digits.length - scale;
    return `"${integer < 0n ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}"`;
  };
}
