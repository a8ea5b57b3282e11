/** Forward passes written from their definitions in float64, to compare what the exported graphs compute with. */
import type { DeepLobTcnShape, Weights } from "../../src/models/onnx/deeplob-tcn-graph.js";
import type { Curve, LogisticWeights } from "../../src/models/onnx/logistic-graph.js";

export function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - top));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

export function naiveLogistic({ weights, intercepts, calibration }: LogisticWeights, x: readonly number[]) {
  const scores = weights.map(
    (row, k) => (intercepts[k] ?? 0) + row.reduce((sum, w, i) => sum + w * (x[i] ?? 0), 0),
  );
  if (calibration.kind === "platt") {
    return softmax(
      scores.map((score, k) => (calibration.slopes[k] ?? 0) * score + (calibration.offsets[k] ?? 0)),
    );
  }
  const levels = softmax(scores).map((share, k) => naiveLevel(calibration.curves[k] ?? [], share));
  return levels.map((level) => level / levels.reduce((sum, one) => sum + one, 0));
}

function naiveLevel(curve: Curve, share: number): number {
  const right = curve.filter(([score]) => score >= share).at(0);
  const left = curve.filter(([score]) => score < share).at(-1);
  if (left === undefined || right === undefined) return (left ?? right)?.[1] ?? Number.NaN;
  return left[1] + ((right[1] - left[1]) * (share - left[0])) / (right[0] - left[0]);
}

type Signal = readonly (readonly number[])[];

/** `signal[channel][time]`; zero padding on both sides. */
function convolve(
  signal: Signal,
  weights: Weights,
  name: string,
  kernel: number,
  dilation: number,
): number[][] {
  const weight = weights[`${name}.weight`] ?? [];
  const bias = weights[`${name}.bias`] ?? [];
  const inputs = signal.length;
  const pad = (dilation * (kernel - 1)) / 2;
  return Array.from({ length: bias.length }, (_, output) =>
    (signal[0] ?? []).map((_, time) => {
      let sum = bias[output] ?? 0;
      for (let input = 0; input < inputs; input++) {
        for (let tap = 0; tap < kernel; tap++) {
          const value = signal[input]?.[time - pad + tap * dilation] ?? 0;
          sum += (weight[(output * inputs + input) * kernel + tap] ?? 0) * value;
        }
      }
      return sum;
    }),
  );
}

const relu = (signal: Signal): number[][] => signal.map((row) => row.map((value) => Math.max(0, value)));

function dense(x: readonly number[], weights: Weights, name: string): number[] {
  const weight = weights[`${name}.weight`] ?? [];
  const bias = weights[`${name}.bias`] ?? [];
  return Array.from(
    { length: bias.length },
    (_, output) =>
      (bias[output] ?? 0) +
      x.reduce((sum, value, input) => sum + (weight[output * x.length + input] ?? 0) * value, 0),
  );
}

/** `book[time][channel]`; probabilities by class. */
export function naiveDeepLobTcn(
  { bookChannels, dilations }: DeepLobTcnShape,
  weights: Weights,
  book: Signal,
  trade: readonly number[],
): number[] {
  const channels = Array.from({ length: bookChannels }, (_, channel) => book.map((row) => row[channel] ?? 0));
  let flow = relu(convolve(channels, weights, "book_0", 5, 1));
  flow = relu(convolve(flow, weights, "book_1", 3, 1));
  for (const [block, dilation] of dilations.entries()) {
    const inner = relu(convolve(flow, weights, `tcn_${block}_0`, 3, dilation));
    const outer = convolve(inner, weights, `tcn_${block}_1`, 3, dilation);
    flow = relu(outer.map((row, channel) => row.map((value, time) => value + (flow[channel]?.[time] ?? 0))));
  }
  const positive = (x: readonly number[]) => x.map((value) => Math.max(0, value));
  const last = flow.map((row) => row.at(-1) ?? 0);
  const fused = [...last, ...positive(dense(trade, weights, "trade"))];
  return softmax(dense(positive(dense(fused, weights, "fuse")), weights, "head"));
}
