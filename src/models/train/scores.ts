/** How good probabilities of classes are. Undefined where a measure has no value; never 0 in its place. */

export interface ScoredRow {
  /** In the order of the classes. */
  readonly probabilities: readonly number[];
  /** Place of the class that came. */
  readonly target: number;
  /** Probability of up minus that of down. */
  readonly lean: number;
  readonly rawReturn: number;
}

export interface Scores {
  readonly rows: number;
  /**
   * Mean of -ln of the probability of what came. A probability counts as 2^-52 at least (scikit-learn's log_loss does the same): one
   * row that was said to be impossible would otherwise make the loss of all of them infinite, which JSON does not have.
   */
  readonly logLoss: number;
  /** The same for the shares of the classes among the rows that were fitted to. */
  readonly baseLogLoss: number;
  /** 1 - logLoss / baseLogLoss: above 0, the model knows more than how often each class comes. */
  readonly skill: number;
  /** Mean over rows of Σ (probability - outcome)², from 0 to 2. */
  readonly brier: number;
  /** Share of rows whose likeliest class came. */
  readonly accuracy: number;
  /** Mean distance between the likeliest class's probability and how often it came, over ten equal bins, weighted by rows. */
  readonly ece: number;
  /** Spearman's correlation of lean and return; null when one of them never changes. */
  readonly rankIc: number | null;
}

const bins = 10;

export function scoreRows(rows: readonly ScoredRow[], shares: readonly number[]): Scores {
  const mean = (value: (row: ScoredRow) => number) =>
    rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
  const logLoss = mean(
    ({ probabilities, target }) => -Math.log(Math.max(Number.EPSILON, probabilities[target] ?? Number.NaN)),
  );
  const baseLogLoss = mean(({ target }) => -Math.log(shares[target] ?? Number.NaN));
  return {
    rows: rows.length,
    logLoss,
    baseLogLoss,
    skill: 1 - logLoss / baseLogLoss,
    brier: mean(({ probabilities, target }) =>
      probabilities.reduce((sum, p, k) => sum + (p - (k === target ? 1 : 0)) ** 2, 0),
    ),
    accuracy: mean((row) => (likeliest(row) === row.target ? 1 : 0)),
    ece: calibrationError(rows),
    rankIc: spearman(
      rows.map(({ lean }) => lean),
      rows.map(({ rawReturn }) => rawReturn),
    ),
  };
}

function likeliest({ probabilities }: ScoredRow): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

function calibrationError(rows: readonly ScoredRow[]): number {
  const sums = Array.from({ length: bins }, () => ({ confidence: 0, hits: 0 }));
  for (const row of rows) {
    const place = likeliest(row);
    const confidence = row.probabilities[place] ?? 0;
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))];
    if (bin === undefined) continue;
    bin.confidence += confidence;
    bin.hits += place === row.target ? 1 : 0;
  }
  return sums.reduce((sum, { confidence, hits }) => sum + Math.abs(confidence - hits), 0) / rows.length;
}

function spearman(x: readonly number[], y: readonly number[]): number | null {
  const [a, b] = [ranks(x), ranks(y)];
  const middle = (x.length + 1) / 2;
  let both = 0;
  let left = 0;
  let right = 0;
  for (const [at, rank] of a.entries()) {
    const other = (b[at] ?? 0) - middle;
    both += (rank - middle) * other;
    left += (rank - middle) ** 2;
    right += other ** 2;
  }
  return left === 0 || right === 0 ? null : both / Math.sqrt(left * right);
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): Float64Array {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (let at = start; at < end; at++) result[order[at] ?? 0] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}
