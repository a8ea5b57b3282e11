/** Parts of a MergeTree table by the names of their folders: `<partition>_<first block>_<last block>_<level>[_<mutation>]`. */

interface Part {
  readonly folder: string;
  readonly partition: string;
  readonly first: bigint;
  readonly last: bigint;
  readonly level: number;
  readonly mutation: bigint;
}

const partName = /^(.+?)_(\d+)_(\d+)_(\d+)(?:_(\d+))?$/;

/**
 * Which blocks of inserted rows a table holds, whatever parts they are merged into: the same text before and after a merge, another one
 * after an insert, a mutation, and when parts are dropped. Parts that were merged or dropped stay for a while: the one that took their
 * place covers them, and is empty when they were dropped.
 */
export function storedBlocks(folders: readonly string[], rowsOf: (folder: string) => number): string {
  const parts = folders.flatMap(parsePart);
  const active = parts.filter((part) => !parts.some((other) => covers(other, part)));
  const held = active.filter(({ folder }) => rowsOf(folder) !== 0).sort(byPlace);
  const spans: { partition: string; first: bigint; last: bigint; mutation: bigint }[] = [];
  for (const { partition, first, last, mutation } of held) {
    const before = spans.at(-1);
    if (before?.partition === partition && before.mutation === mutation && before.last + 1n === first)
      before.last = last;
    else spans.push({ partition, first, last, mutation });
  }
  return spans
    .map(({ partition, first, last, mutation }) => `${partition}_${first}_${last}_${mutation}`)
    .join(" ");
}

function parsePart(folder: string): Part[] {
  const [, partition = "", first, last, level, mutation = "0"] = partName.exec(folder) ?? [];
  if (first === undefined || last === undefined || partition.startsWith("tmp")) return [];
  return [
    {
      folder,
      partition,
      first: BigInt(first),
      last: BigInt(last),
      level: Number(level),
      mutation: BigInt(mutation),
    },
  ];
}

function covers(other: Part, part: Part): boolean {
  return (
    other.partition === part.partition &&
    other.first <= part.first &&
    other.last >= part.last &&
    (other.level > part.level || (other.level === part.level && other.mutation > part.mutation))
  );
}

function byPlace(a: Part, b: Part): number {
  if (a.partition !== b.partition) return a.partition < b.partition ? -1 : 1;
  return a.first < b.first ? -1 : 1;
}
