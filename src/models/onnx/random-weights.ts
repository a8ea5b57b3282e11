import type { WeightShape, Weights } from "./deeplob-tcn-graph.js";

/** Weights as a network has them before it is trained: uniform in ±1 / √(inputs), the same for the same seed. */
export function randomWeights(shapes: readonly WeightShape[], seed: number): Weights {
  const random = uniform(seed);
  return Object.fromEntries(
    shapes.map(({ name, shape, fanIn }) => {
      const bound = 1 / Math.sqrt(fanIn);
      const length = shape.reduce((product, size) => product * size, 1);
      return [name, Float32Array.from({ length }, () => (2 * random() - 1) * bound)];
    }),
  );
}

/** Lehmer's generator with the multiplier of Park and Miller (minimal standard); numbers in (0, 1). */
function uniform(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
