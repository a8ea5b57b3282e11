/**
 * What sharing a table saves: buckets of one instrument closed one by one with 28 views of four plain aggregates over trades, once
 * built together, so in one table, and once each in a table of its own, as when each is built by a revision of its own.
 * `npx tsx bench/fusing.ts [views] [closes]`
 */
import { compileProject } from "../src/compile/compile-project.js";
import { openScratch } from "../src/engine/open.js";
import { advance, advanceSession } from "../src/ingest/buckets/advance.js";
import { clockContext } from "../src/ingest/buckets/clock-context.js";
import type { ProjectSpecs } from "../src/spec/model.js";
import { parseProject } from "../src/spec/parse-project.js";
import { compiledApart } from "../test/support/apart.js";
import { insertTrades } from "../test/support/load-writer.js";
import { buildCatalog } from "../test/support/stock-deployment.js";

const count = Number(process.argv[2] ?? 28);
const closes = Number(process.argv[3] ?? 30);
const warmUp = 6;
const tradesInBucket = 200;

function specsOf(database: string): ProjectSpecs {
  const project = `project: bench
engine: embedded
targets: { embedded: { engine: embedded, path: db } }
databases: { raw: ${database}_raw, cold: ${database}_cold, features: ${database}, registry: ${database}_registry }
instruments: { binance/spot/AUSD: { tick_size: 0.01, lot_size: 1, base: A, quote: USD } }
clocks: { ubt: { mode: volume, size: { fallback: ${tradesInBucket} } } }
`;
  const views = Array.from({ length: count }, (_, index) => ({
    path: `features/plain_${index}.yaml`,
    text: `view: plain_${index}
clock: ubt
from: trades
columns:
  bought: { sql: "sumIf(quantity, side > 0 AND price > ${index})" }
  last: { sql: "argMax(price, ord) + ${index}" }
  vwap: { sql: "sum(price * quantity) / nullIf(sum(quantity), ${index})" }
  span: { sql: "max(price) - min(price) * ${index}" }
`,
  }));
  return parseProject([{ path: "features.yaml", text: project }, ...views], {}, "/bench");
}

interface Spent {
  readonly clock: number;
  readonly processor: number;
}

/** Milliseconds a close, the median. */
async function measure(specs: ProjectSpecs, isApart: boolean): Promise<Spent> {
  const engine = await openScratch();
  try {
    const catalog = isApart ? compiledApart(specs) : compileProject(specs);
    await buildCatalog(engine, catalog);
    const context = clockContext(engine, specs.project, catalog, "ubt", "bench");
    const session = advanceSession(context, false);
    const [clock, processor]: [number[], number[]] = [[], []];
    for (let bucket = 0; bucket < closes + warmUp; bucket++) {
      await insertTrades(engine, specs.project, {
        symbol: "AUSD",
        first: bucket * tradesInBucket,
        count: tradesInBucket,
      });
      const [began, used] = [performance.now(), process.cpuUsage()];
      const { bucketsClosed } = await advance(context, { session, lazily: true });
      const { user, system } = process.cpuUsage(used);
      if (bucketsClosed !== 1) throw new Error(`${bucketsClosed} buckets were closed`);
      if (bucket < warmUp) continue;
      clock.push(performance.now() - began);
      processor.push((user + system) / 1000);
    }
    return { clock: median(clock), processor: median(processor) };
  } finally {
    await engine.close();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const apart = await measure(specsOf("apart"), true);
const fused = await measure(specsOf("fused"), false);
for (const [what, { clock, processor }] of [
  ["a table and a trigger each", apart],
  ["one table, one trigger", fused],
] as const) {
  console.log(
    `${what.padEnd(28)} ${clock.toFixed(1)} ms a close, ${processor.toFixed(1)} ms of the processor`,
  );
}
console.log(
  `fused takes ${(fused.clock / apart.clock).toFixed(2)} of the time, ${(fused.processor / apart.processor).toFixed(2)} of the processor, for ${count} views`,
);
