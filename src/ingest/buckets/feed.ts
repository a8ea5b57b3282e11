/**
 * What hangs on a clock's closed buckets now. A `feature apply` that runs beside the writer adds levels, versions and look-backs
 * that the writer's own specs do not have, so it is the target that is asked, not the compiler.
 */
import { noReach, type Reach } from "../../compile/catalog.js";
import { closeTable } from "../../compile/names.js";
import { openRegistryReader, type RegistryReader } from "../../registry/reader.js";
import type { TableName } from "../../schema/object.js";
import type { ClockContext } from "./clock-context.js";

export interface Feed {
  /** Trigger tables that are there, in level order. */
  readonly levels: readonly TableName[];
  /** By level: how far back its rows may read. */
  readonly reach: readonly Reach[];
  /** Whether closing reads order books. */
  readonly readsBooks: boolean;
}

interface Fed {
  readonly level: number;
  readonly reach: Reach;
  readonly stream: string | undefined;
}

interface Known {
  readonly registry: RegistryReader;
  readonly version: string;
  readonly fed: readonly Fed[];
}

/** Of each context, what was read last; it is read again only when the registry's records have changed. */
const known = new WeakMap<ClockContext, Known>();

/**
 * Two small queries, and the records when they changed. New versions are in the records before their triggers exist, so whoever
 * asks before an insert knows all that the insert feeds. Where there is no registry, it is what was compiled.
 */
export async function readFeed(context: ClockContext): Promise<Feed> {
  const { engine, project, clock, compiled } = context;
  const before = known.get(context);
  const registry = before?.registry ?? openRegistryReader(engine, project.databases.registry);
  if (before === undefined && !(await registry.exists())) {
    return feedOf(context, context.objects.map(compiledFed), compiled.close.hot);
  }
  const version = await registry.recordsVersion();
  const state =
    before?.version === version ? before : { registry, version, fed: await readFed(context, registry) };
  known.set(context, state);
  const tables = Array.from({ length: await levels(context) }, (_, level) =>
    closeTable(project.databases.features, clock.name, level, "hot"),
  );
  return feedOf(context, state.fed, tables);
}

async function levels({ engine, project, clock }: ClockContext): Promise<number> {
  const [row] = await engine.rows<{ levels: string }>(
    `SELECT toString(count()) AS levels FROM system.tables
     WHERE database = {features:String} AND match(name, {pattern:String})`,
    { params: { features: project.databases.features, pattern: `^${clock.name}__close_[0-9]+_hot$` } },
  );
  return Number(row?.levels ?? 0);
}

async function readFed(context: ClockContext, registry: RegistryReader): Promise<Fed[]> {
  const compiled = new Map(context.objects.map((object) => [`${object.kind}:${object.name}`, object.reach]));
  return (await registry.fed())
    .filter((object) => object.clock === context.clock.name)
    .map(({ kind, name, level, reach }) => ({
      level,
      // Records of earlier versions of this tool do not say it.
      reach: reach ?? compiled.get(`${kind}:${name}`) ?? noReach,
      stream: kind === "stream" ? name : undefined,
    }));
}

function compiledFed({ kind, name, level, reach }: ClockContext["objects"][number]): Fed {
  return { level, reach, stream: kind === "stream" ? name : undefined };
}

function feedOf({ clock }: ClockContext, fed: readonly Fed[], levels: readonly TableName[]): Feed {
  return {
    levels,
    reach: levels.map((_, level) => {
      const own = fed.filter((object) => object.level === level);
      return {
        buckets: Math.max(0, ...own.map(({ reach }) => reach.buckets)),
        ms: Math.max(0, ...own.map(({ reach }) => reach.ms)),
      };
    }),
    readsBooks: fed.some(({ stream }) => stream === `${clock.name}.books`),
  };
}
