/** Values of options of commands that make models. */
import { InvalidArgumentError } from "commander";

export function penalty(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

export function foldCount(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1 to 99.");
  return Number(text);
}

/** Sizes and seeds of a network. */
export function networkSize(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1 to 9999.");
  return Number(text);
}
