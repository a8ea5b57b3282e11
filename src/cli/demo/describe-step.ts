import { countText, plural } from "../count-text.js";
import type { Printed } from "./child-command.js";

/** The documents of the commands, as far as a line about them needs. */
interface Documents {
  readonly init: { readonly files: readonly string[] };
  readonly validate: {
    readonly views: readonly string[];
    readonly columns: number;
    readonly vectors: readonly string[];
  };
  readonly apply: { readonly migrations: readonly { readonly name: string; readonly done: number }[] };
  readonly ingest: {
    readonly read: number;
    readonly stored: number;
    readonly rejected: number;
    readonly bucketsClosed: number;
    readonly bucketsRecomputed: number;
    readonly rowsPerSecond: number;
  };
  readonly status: {
    readonly upToDate: boolean;
    readonly instruments: readonly { readonly buckets: number; readonly pending: number }[];
  };
  readonly fetch: { readonly rows: number; readonly out: { readonly path: string } };
}

const lines: { readonly [Name in keyof Documents]: (document: Documents[Name]) => string } = {
  init: ({ files }) => `wrote ${plural(files.length, "file")}: specs to edit, schemas for the editor`,
  validate: ({ views, columns, vectors }) =>
    `${plural(views.length, "view")} with ${plural(columns, "column")} and ${plural(vectors.length, "vector")}: every type inferred, a smoke close passed`,
  apply: ({ migrations }) =>
    migrations.map(({ name, done }) => `${name} (${plural(done, "step")})`).join(", ") || "nothing to do",
  ingest: ({ read, stored, rejected, bucketsClosed, bucketsRecomputed, rowsPerSecond }) =>
    `${countText(read)} rows read, ${countText(stored)} stored, ${countText(rejected)} rejected, ` +
    `${countText(rowsPerSecond)} rows/s; ${plural(bucketsClosed, "bucket")} closed with all their features` +
    (bucketsRecomputed === 0
      ? ""
      : `,\n  ${countText(bucketsRecomputed)} computed again, because the books of their time came after their close`),
  status: ({ upToDate, instruments }) => {
    const sum = (name: "buckets" | "pending") => instruments.reduce((total, one) => total + one[name], 0);
    return `${upToDate ? "up to date" : "behind the specs"}; ${plural(instruments.length, "instrument")}, ${plural(sum("buckets"), "bucket")}, ${countText(sum("pending"))} pending`;
  },
  fetch: ({ rows, out }) =>
    `${plural(rows, "row")} in ${out.path}: one for every bucket, as it was known at its close`,
};

/** What a command did, in a line or two. */
export function describeStep(command: string, printed: Printed): string {
  const line = (lines as unknown as Readonly<Record<string, (document: Printed) => string>>)[command];
  return line?.(printed) ?? "done";
}
