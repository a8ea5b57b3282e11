/**
 * What hangs on a clock's closed buckets now. A `feature apply` that runs beside the writer adds levels, versions and look-backs
 * that the writer's own specs do not have, so it is the target that is asked, not the compiler.
 */
import { noReach, type Path, paths, type Reach } from "../../compile/catalog.js";
import { closeTable, streamName } from "../../compile/names.js";
import { openRegistryReader, type RegistryReader } from "../../registry/reader.js";
import { registryTable } from "../../registry/tables.js";
import type { TableName } from "../../schema/object.js";
import { quoteName } from "../../schema/quote.js";
import { sqlTemplate } from "../../sql-template.js";
import type { ClockContext } from "./clock-context.js";

const feedSql = sqlTemplate(import.meta.url, "feed");

export interface Feed {
  /** Trigger tables that are there, by path, in level order. */
  readonly levels: Readonly<Record<Path, readonly TableName[]>>;
  /** By level, whatever the path: how far back its rows may read. */
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
 * One small query, and the records when they changed. New versions are in the records before their triggers exist, so whoever
 * asks before an insert knows all that the insert feeds. Where there is no registry, it is what was compiled.
 */
export async function readFeed(context: ClockContext): Promise<Feed> {
  const { engine, project, clock, compiled } = context;
  const before = known.get(context);
  const registry = before?.registry ?? openRegistryReader(engine, project.databases.registry);
  if (before === undefined && !(await registry.exists())) {
    return feedOf(context, context.objects.map(compiledFed), compiled.close);
  }
  const [found] = await engine.rows<{ version: string; tables: readonly string[] }>(
    feedSql({ versions: quoteName(registryTable(project.databases.registry, "versions")) }),
    {
      params: {
        features: project.databases.features,
        pattern: `^${clock.name}__close_[0-9]+_(${paths.join("|")})$`,
      },
    },
  );
  const { version, tables: there } = found ?? { version: "0", tables: [] };
  const state =
    before?.version === version ? before : { registry, version, fed: await readFed(context, registry) };
  known.set(context, state);
  const tables = (path: Path): TableName[] => {
    const names = there.map((_, level) => closeTable(project.databases.features, clock.name, level, path));
    return names.filter(({ name }) => there.includes(name));
  };
  return feedOf(context, state.fed, { hot: tables("hot"), lazy: tables("lazy") });
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

function feedOf({ clock }: ClockContext, fed: readonly Fed[], levels: Feed["levels"]): Feed {
  const highest = Math.max(...paths.map((path) => levels[path].length));
  const ofBooks = paths.flatMap((path) => [
    streamName(clock.name, "books", path),
    streamName(clock.name, "events", path),
  ]);
  return {
    levels,
    reach: Array.from({ length: highest }, (_, level) => {
      const own = fed.filter((object) => object.level === level);
      return {
        buckets: Math.max(0, ...own.map(({ reach }) => reach.buckets)),
        ms: Math.max(0, ...own.map(({ reach }) => reach.ms)),
      };
    }),
    readsBooks: fed.some(({ stream }) => stream !== undefined && ofBooks.includes(stream)),
  };
}
