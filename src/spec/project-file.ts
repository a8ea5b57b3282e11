/** features.yaml → Project. */

import { readClock } from "./clock-section.js";
import { parseInstrumentName } from "./instrument-name.js";
import { pointerTo } from "./json-pointer.js";
import {
  type Databases,
  type Instrument,
  type InstrumentKey,
  instrumentName,
  type Project,
  type Session,
} from "./model.js";
import type { RawProject } from "./raw-project.js";
import { readSources } from "./source-section.js";
import { recordOf, type SpecReader } from "./spec-reader.js";
import { didYouMean } from "./suggest.js";
import { type Environment, readTargets } from "./targets.js";

const defaultDatabases: Databases = {
  raw: "marketprism_hot",
  cold: "marketprism_cold",
  features: "marketprism_features",
  registry: "marketprism_registry",
};

const day = 86_400_000;

/** The project, once the file has the right shape. What is wrong beyond its shape is added to the reader's findings. */
export function readProjectFile(
  reader: SpecReader,
  options: { readonly env: Environment; readonly root: string; readonly target: string | undefined },
): Project {
  const raw = reader.file.data as RawProject;
  const instruments = readInstruments(reader, raw);
  const known = instruments.map(instrumentName);
  if (!Object.hasOwn(raw.targets, raw.engine)) {
    const hint = didYouMean(
      raw.engine,
      Object.keys(raw.targets),
      `Targets: ${Object.keys(raw.targets).join(", ")}.`,
    );
    reader.add(
      "FS_SPEC_UNKNOWN_REFERENCE",
      `\`engine\` names the target ${raw.engine}, which is not listed`,
      reader.file.at("/engine"),
      hint,
    );
  }
  return {
    name: raw.project,
    root: options.root,
    defaultTarget: raw.engine,
    targets: readTargets(reader, raw.targets, options.env, options.target ?? raw.engine),
    databases: readDatabases(reader, raw),
    instruments,
    sources: readSources(reader, raw),
    clocks: recordOf(
      Object.entries(raw.clocks).map(([name, clock]) => [name, readClock(reader, name, clock, known)]),
    ),
    sessions: readSessions(reader, raw),
    retention: {
      rawMs: readRetention(reader, "/retention/raw", raw.retention?.raw, 7 * day),
      featuresMs: readRetention(reader, "/retention/features", raw.retention?.features, 90 * day),
      versions: raw.retention?.versions ?? 2,
    },
  };
}

/** Sessions may overlap: the first in the file counts. */
function readSessions(reader: SpecReader, raw: RawProject): Session[] {
  return Object.entries(raw.sessions ?? {}).map(([name, [fromHour, toHour]]) => {
    if (fromHour === toHour) {
      const message = `the session ${name} begins and ends at hour ${fromHour}`;
      reader.add(
        "FS_SPEC_VALUE",
        message,
        reader.file.at(pointerTo("/sessions", name)),
        "Write two different hours.",
      );
    }
    return { name, fromHour, toHour };
  });
}

function readRetention(
  reader: SpecReader,
  pointer: string,
  text: string | undefined,
  fallback: number,
): number | undefined {
  return text === "none" ? undefined : reader.duration(pointer, text, fallback);
}

const reservedDatabases: ReadonlySet<string> = new Set([
  "default",
  "system",
  "information_schema",
  "INFORMATION_SCHEMA",
]);

function readDatabases(reader: SpecReader, raw: RawProject): Databases {
  const databases = { ...defaultDatabases, ...raw.databases };
  const owners = new Map<string, string>();
  for (const [role, name] of Object.entries(databases)) {
    const at = reader.file.at(pointerTo("/databases", role));
    const other = owners.get(name);
    if (other !== undefined) {
      reader.add(
        "FS_SPEC_DUPLICATE",
        `\`databases.${other}\` and \`databases.${role}\` are both ${name}`,
        at,
        "Give each its own database.",
      );
    } else if (reservedDatabases.has(name)) {
      reader.add(
        "FS_SPEC_VALUE",
        `\`databases.${role}\` is ${name}, a database of ClickHouse itself`,
        at,
        "Choose another name.",
      );
    }
    owners.set(name, role);
  }
  return databases;
}

function readInstruments(reader: SpecReader, raw: RawProject): Instrument[] {
  return Object.entries(raw.instruments).flatMap(([text, instrument]) => {
    const pointer = pointerTo("/instruments", text);
    const tickSize = reader.decimal(pointerTo(pointer, "tick_size"));
    const lotSize = reader.decimal(pointerTo(pointer, "lot_size"));
    const contractSize =
      instrument.contract_size === undefined
        ? undefined
        : reader.decimal(pointerTo(pointer, "contract_size"));
    const key: InstrumentKey | { readonly problem: string } = parseInstrumentName(text);
    if ("problem" in key) {
      reader.add(
        "FS_SPEC_VALUE",
        key.problem,
        reader.file.keyAt(pointer),
        "Write exchange/market_type/symbol, such as binance/spot/BTCUSDT.",
      );
      return [];
    }
    if (key.marketType === "inverse" && contractSize === undefined) {
      const message = `${text} is inverse, but has no \`contract_size\`: its quantities are contracts`;
      const hint = "Add `contract_size: 100` (the units of quote that one contract stands for).";
      reader.add("FS_SPEC_MISSING_KEY", message, reader.file.keyAt(pointer), hint);
    }
    return [{ ...key, tickSize, lotSize, contractSize, base: instrument.base, quote: instrument.quote }];
  });
}
