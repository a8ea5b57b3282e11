import { parseLots } from "../../clock/decimal.js";
import type { Params } from "../../engine/port.js";
import { type Instrument, type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { InstrumentWords } from "./reading.js";

const one = parseLots("1");

/**
 * The instruments of one command, numbered from 1, and the words that its files use for them. Statements get them as arrays in
 * the order of the numbers.
 */
export class InstrumentTable {
  readonly #instruments: Instrument[] = [];
  readonly #numbers = new Map<string, number>();

  has(words: InstrumentWords): boolean {
    return this.#numbers.has(wordsKey(words));
  }

  add(words: InstrumentWords, instrument: Instrument): void {
    const name = instrumentName(instrument);
    const known = this.#instruments.findIndex((item) => instrumentName(item) === name) + 1;
    this.#numbers.set(wordsKey(words), known > 0 ? known : this.#instruments.push(instrument));
  }

  /** By number - 1. */
  get instruments(): readonly InstrumentKey[] {
    return this.#instruments.map(({ exchange, marketType, symbol }) => ({ exchange, marketType, symbol }));
  }

  get hasContracts(): boolean {
    return this.#instruments.some((instrument) => contractKind(instrument) !== 0);
  }

  /** Bound arrays of staging statements. */
  get stagingParams(): Params {
    return {
      // An empty list would not be accepted; no row's words are without slashes.
      words: this.#numbers.size === 0 ? ["-"] : [...this.#numbers.keys()],
      numbers: this.#numbers.size === 0 ? [0] : [...this.#numbers.values()],
      ...(this.hasContracts
        ? {
            contract_kinds: this.#instruments.map(contractKind),
            contract_sizes: this.#instruments.map((item) => String(contractLots(item))),
          }
        : {}),
    };
  }

  /** Bound arrays of statements that store. */
  get keyParams(): Params {
    return {
      exchanges: this.#instruments.map(({ exchange }) => exchange),
      market_types: this.#instruments.map(({ marketType }) => marketType),
      symbols: this.#instruments.map(({ symbol }) => symbol),
      names: this.#instruments.map(instrumentName),
    };
  }
}

/** 0: quantities are base units already, 1: linear contracts, 2: inverse contracts. */
function contractKind(instrument: Instrument): 0 | 1 | 2 {
  if (instrument.marketType === "spot") return 0;
  if (instrument.marketType === "inverse") return 2;
  return contractLots(instrument) === one ? 0 : 1;
}

function contractLots(instrument: Instrument): bigint {
  return instrument.contractSize === undefined ? one : parseLots(instrument.contractSize);
}

/** As the staging statement writes the words of a row. */
export function wordsKey(words: InstrumentWords): string {
  return `${words.exchange.toLowerCase()}/${words.market.toLowerCase()}/${words.symbol.toUpperCase()}`;
}

export function parseWordsKey(key: string): InstrumentWords {
  const [exchange = "", market = "", ...symbol] = key.split("/");
  return { exchange, market, symbol: symbol.join("/") };
}
