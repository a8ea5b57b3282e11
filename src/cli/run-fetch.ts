import { FeatureError } from "../errors.js";
import { fetchAtSpine } from "../fetch/fetch-at-spine.js";
import { fetchEveryBucket } from "../fetch/fetch-every-bucket.js";
import type { FetchSummary } from "../fetch/fetch-summary.js";
import { buildLabels } from "../fetch/labels/build-labels.js";
import { withQuerySpine } from "../fetch/query-spine.js";
import type { FetchedLabel, FetchedVector } from "../fetch/training-set.js";
import { openRegistryReader } from "../registry/reader.js";
import type { Context } from "./context.js";
import { deployedLabels } from "./deployed-label.js";
import { deployedVector, fetchedVector } from "./deployed-vector.js";
import type { FetchFlags } from "./fetch-flags.js";
import { statementKind } from "./sql-statement.js";
import { vectorAtRevision } from "./vector-at-revision.js";

/** What `feature fetch` does: finds the versions, brings the labels up to date, writes the file. */
export async function runFetch(context: Context, options: FetchFlags): Promise<FetchSummary> {
  const { engine, project } = context;
  const { asOfRevision, spineSql } = options;
  if (spineSql !== undefined && statementKind(spineSql) !== "query") {
    throw new FeatureError("FS_CLI_USAGE", "Expected a SELECT behind --spine-sql.");
  }
  const vectors: FetchedVector[] = [];
  for (const name of new Set(options.vector)) {
    vectors.push(
      asOfRevision === undefined
        ? await liveVector(context, name)
        : await vectorAtRevision(context, name, asOfRevision),
    );
  }
  const revision = asOfRevision ?? (await lastRevision(context));
  const labels = options.labels === undefined ? [] : await fetchedLabels(context, options.labels);
  const request = {
    engine,
    set: { vectors, labels },
    out: { path: options.out, ...(options.format && { format: options.format }) },
    database: project.databases.features,
    log: { database: project.databases.features, name: "fetches" },
    ...(options.exclude === undefined ? {} : { outages: options.exclude }),
    ...(revision === undefined ? {} : { revision }),
  };
  if (spineSql !== undefined) {
    const sql = spineSql.replace(/;\s*$/, "");
    return withQuerySpine(engine, sql, (path) =>
      fetchAtSpine({ ...request, spine: { path }, spineSql: sql }),
    );
  }
  if (options.spine === undefined) return fetchEveryBucket(request);
  const spine = { path: options.spine, ...(options.spineFormat && { format: options.spineFormat }) };
  return fetchAtSpine({ ...request, spine });
}

/** What is live now came with it. */
async function lastRevision({ engine, project }: Context): Promise<number | undefined> {
  const revisions = await openRegistryReader(engine, project.databases.registry).revisions();
  return revisions.findLast(({ state }) => state === "applied")?.id;
}

async function liveVector(context: Context, name: string): Promise<FetchedVector> {
  const { vector, version } = await deployedVector(context, name);
  const fetched = fetchedVector(vector, version);
  if (fetched === undefined) throw new FeatureError("FS_INTERNAL", `the vector ${name} has no table`);
  return fetched;
}

/** Labels as they are now: a label has one meaning at any revision, which its fingerprint in the manifest tells. */
async function fetchedLabels(context: Context, names: readonly string[]): Promise<FetchedLabel[]> {
  const { engine, project } = context;
  const fetched: FetchedLabel[] = [];
  for (const deployed of await deployedLabels(context, [...new Set(names)])) {
    await buildLabels({ engine, project, ...deployed });
    const { name, clock, columns, dataHash, storage } = deployed.object;
    if (storage === undefined) throw new FeatureError("FS_INTERNAL", `the label ${name} has no table`);
    const outputs = columns.map((column) => ({ name: column.name, type: column.type }));
    fetched.push({ name, clock, table: storage.table, outputs, fingerprint: dataHash });
  }
  return fetched;
}
