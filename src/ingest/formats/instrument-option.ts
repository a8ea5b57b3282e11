import { FeatureError } from "../../errors.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { InstrumentWords } from "../staging/reading.js";

/** `--instrument`: one instrument for all rows of a command. Files that name two of them are not one instrument. */
export class InstrumentOption {
  readonly key: InstrumentKey | undefined;
  #words: string | undefined;

  constructor(key: InstrumentKey | undefined) {
    this.key = key;
  }

  /** The instrument, if the option was given. */
  take(words: InstrumentWords): InstrumentKey | FeatureError | undefined {
    if (this.key === undefined) return undefined;
    const text = [words.exchange, words.symbol].filter((word) => word !== "").join(" ");
    this.#words ??= text;
    if (this.#words === text) return this.key;
    return new FeatureError(
      "FS_INGEST_SEVERAL_INSTRUMENTS",
      `the files hold ${this.#words} and ${text}, and --instrument says that all rows are ${instrumentName(this.key)}`,
      { object: instrumentName(this.key) },
    );
  }
}
