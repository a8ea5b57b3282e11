/** "Did you mean …?": the known word nearest to one that is not known. */

/**
 * The candidate with the smallest edit distance to `word`, if it is near enough: 1 up to four letters, a third of the
 * length beyond. Letter case does not count. Of equally near ones the first is returned; undefined when none is near.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const length = Math.max(word.length, candidate.length);
    const limit = length <= 4 ? 1 : Math.floor((length + 1) / 3);
    if (Math.abs(word.length - candidate.length) > limit) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of two neighbours (optimal string alignment), each for 1. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + changed,
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** The nearest candidate as a hint, `Did you mean …?`; `otherwise` when none is near. `wrap` makes a candidate what to write. */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  otherwise: string,
  wrap: (candidate: string) => string = (candidate) => candidate,
): string {
  const near = suggest(word, candidates);
  return near === undefined ? otherwise : `Did you mean \`${wrap(near)}\`?`;
}
