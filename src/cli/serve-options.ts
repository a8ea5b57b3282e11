import { type Command, InvalidArgumentError } from "commander";
import { defaultServiceLimits } from "../serve/service.js";

/** Options of the HTTP service. */
export function addServeOptions(command: Command): Command {
  return command
    .option("--host <address>", "address to listen on; any but a loopback address needs keys", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 lets the system choose", wholeNumber, 8417)
    .option("--keys <file>", "API keys, as `feature keys create` writes them (also: FEATURE_API_KEYS)")
    .option("--vector <name...>", "vectors to serve (default: all of the project)")
    .option("--online-memory <MiB>", "memory limit of the rows that are held", wholeNumber, 256)
    .option(
      "--max-rows <count>",
      "most rows of one point-in-time request",
      wholeNumber,
      defaultServiceLimits.streamRows,
    )
    .option(
      "--rate-limit <count>",
      "most requests per second of a key, or of an address without keys; 0: no limit",
      wholeNumber,
      defaultServiceLimits.requestsPerSecond,
    );
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(text);
}
