/** Options of commands that make models, and their values. */
import { type Command, InvalidArgumentError } from "commander";

export function penalty(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

export function foldCount(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1 to 99.");
  return Number(text);
}

/** Sizes of a DeepLOB-TCN, and the seed of its random weights. */
export interface NetworkFlags {
  readonly bookView: string;
  readonly steps: number;
  readonly hidden: number;
  readonly seed: number;
}

export function networkOptions(command: Command): void {
  command
    .option("--book-view <name>", "whose features are the book's channels", "book_channels")
    .option("--steps <count>", "buckets that it looks back", networkSize, 60)
    .option("--hidden <count>", "channels inside; its work grows with their square", networkSize, 64)
    .option("--seed <number>", "of the random weights", networkSize, 1);
}

function networkSize(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1 to 9999.");
  return Number(text);
}
