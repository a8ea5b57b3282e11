import { FeatureError } from "../../errors.js";
import { absent, type Cell, type Reading } from "./reading.js";

/** Bound texts, collected while a statement is built. */
export class Texts {
  readonly #values: string[] = [];

  bind(text: string): string {
    this.#values.push(text);
    return `{text_${this.#values.length}:String}`;
  }

  get params(): Record<string, string> {
    return Object.fromEntries(this.#values.map((text, index) => [`text_${index + 1}`, text]));
  }
}

/** The text of a cell; empty where the row has none. Rows are lists of texts named `fields`. */
export function cellText(cell: Cell, texts: Texts): string {
  switch (cell.kind) {
    case "field":
      if (!Number.isInteger(cell.place) || cell.place < 1) {
        throw new FeatureError("FS_INTERNAL", `${cell.place} is no place of a field`);
      }
      return `fields[${cell.place}]`;
    case "constant":
      return texts.bind(cell.text);
    case "absent":
      return "''";
  }
}

export function cellOf(reading: Reading, column: string): Cell {
  return reading.cells[column] ?? absent;
}

export function hasCell(reading: Reading, column: string): boolean {
  return cellOf(reading, column).kind !== "absent";
}
