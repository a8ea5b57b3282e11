import { FeatureError } from "../../errors.js";
import { type Instrument, type InstrumentKey, instrumentName, type Project } from "../../spec/model.js";
import type { QuantityUnit } from "./reading.js";

/** The instrument of features.yaml, or the error that shows the line to add there. */
export function knownInstrument(
  project: Project,
  key: InstrumentKey,
  quantities: QuantityUnit,
): Instrument | FeatureError {
  const name = instrumentName(key);
  const found = project.instruments.find((instrument) => instrumentName(instrument) === name);
  if (found === undefined) {
    const { base, quote } = currencies(key.symbol);
    const contract =
      key.marketType === "spot"
        ? ""
        : `, contract_size: ${key.marketType === "inverse" ? "<quote units of a contract>" : 1}`;
    return new FeatureError("FS_INGEST_UNKNOWN_INSTRUMENT", `${name} is not in features.yaml`, {
      object: name,
      hint: `Add it under \`instruments:\`, with the venue's steps of price and quantity:\n  ${name}: { tick_size: <step>, lot_size: <step>${contract}, base: ${base}, quote: ${quote} }`,
    });
  }
  if (key.marketType === "inverse" && quantities === "contracts" && found.contractSize === undefined) {
    return new FeatureError(
      "FS_INGEST_CONTRACT_SIZE",
      `quantities of ${name} are contracts, and features.yaml does not say what a contract is worth`,
      {
        object: name,
        hint: `Add \`contract_size:\` (quote units of one contract, for example 100) to ${name} in features.yaml.`,
      },
    );
  }
  return found;
}

const quotes = ["USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR", "TRY", "BTC", "ETH", "BNB"];

/** A guess for the hint; placeholders where the symbol does not show it. */
function currencies(symbol: string): { base: string; quote: string } {
  const [pair = ""] = symbol.split(/_|-PERP|-SWAP/);
  const [left, right] = pair.split("-");
  if (left !== undefined && right !== undefined && /^[A-Z]+$/.test(right))
    return { base: left, quote: right };
  const quote = quotes.find((name) => pair.endsWith(name) && pair.length > name.length);
  return quote === undefined
    ? { base: "<base>", quote: "<quote>" }
    : { base: pair.slice(0, -quote.length), quote };
}
