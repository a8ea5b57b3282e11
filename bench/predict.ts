/**
 * What a prediction costs beyond ONNX Runtime: DeepLOB-TCN (20 book channels × 60 steps, 8 trade features, random weights),
 * asked by the predictor with hashing, NULL rules, normalising and decision, against a bare run of the same tensors.
 * In blocks that take turns, so that both see the same machine. No engine, no network: `npx tsx bench/predict.ts`.
 */
import { buildInputs } from "../src/models/input-plan.js";
import { LoadedModel, sha256Of } from "../src/models/loaded-model.js";
import { packRow } from "../src/models/model-row.js";
import { ModelSession } from "../src/models/model-session.js";
import { deepLobTcnGraph, deepLobTcnWeights } from "../src/models/onnx/deeplob-tcn-graph.js";
import { encodeOnnx } from "../src/models/onnx/encode-onnx.js";
import { randomWeights } from "../src/models/onnx/random-weights.js";
import { Predictor } from "../src/models/predictor.js";
import { testContract, testVector } from "../test/support/model-contracts.js";

const rounds = 40;
const calls = 200;
const steps = 60;
const shape = { bookChannels: 20, tradeFeatures: 8, hidden: 64, classes: 3, dilations: [1, 2, 4] };
const weights = randomWeights(deepLobTcnWeights(shape), 7);
let state = 0;
const random = () => Math.sin(++state) / 2;
const bytes = encodeOnnx(deepLobTcnGraph("untrained", shape, weights, {}));
const width = shape.bookChannels + shape.tradeFeatures;
const names = Array.from({ length: width }, (_, place) => `flow.f${place}`);
const vector = testVector(
  names.map(() => "zero" as const),
  steps,
);
const { at } = testContract(1);
const contract = {
  ...testContract(width, {
    inputs: [
      { name: "book", shape: [1, steps, 20], features: names.slice(0, 20), at },
      { name: "trade", shape: [1, 8], features: names.slice(20), at },
    ],
    normalise: { mean: names.map(() => 0.1), scale: names.map(() => 2) },
    decision: {
      tau: 0.4,
      feeBps: 1,
      slippageBps: 0,
      reward: { kind: "constant", bps: 5 },
      k: 2,
      spread: { feature: "flow.f0", maxBps: 1 },
      maxDataAgeMs: 1000,
      size: { base: 1, max: undefined },
    },
  }),
  sha256: sha256Of(bytes),
};
const rows = Array.from({ length: steps }, (_, step) =>
  packRow(names.map(random), { bucketId: step + 1, availableAt: 0 }),
);

const model = await LoadedModel.open(contract, vector, bytes);
const bare = await ModelSession.open(bytes, { threads: 1, object: "untrained.onnx" });
const registered = { contract, vector, signature: "", fingerprint: "", registeredAt: "" };
const predictor = new Predictor({
  models: [{ name: "test", live: { registered, model }, candidate: undefined }],
  source: { rows: () => rows },
  now: () => 0,
});
const tensors = buildInputs(model.plan, [rows]);
const instrument = "binance/linear/BTCUSDT";
const assembled: number[] = [];
const bareRun = () => bare.run(tensors, ["p"]);
const prediction = async () => {
  const [made] = await predictor.predict("test", [instrument]);
  assembled.push(made?.latency.assembleUs ?? Number.NaN);
};

/** Wall and processor time of each call in a block of calls, microseconds. */
async function block(call: () => Promise<unknown>) {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  for (let count = 0; count < calls; count++) await call();
  const wall = (performance.now() - begun) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { wall: wall / calls, cpu: (user + system) / calls };
}

type Block = Awaited<ReturnType<typeof block>>;
const blocks = { bare: [] as Block[], predict: [] as Block[] };
for (let round = 0; round < rounds; round++) {
  const [one, other] = [await block(bareRun), await block(prediction)];
  // The first rounds warm the code up.
  if (round < rounds / 4) continue;
  blocks.bare.push(one);
  blocks.predict.push(other);
}
const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
for (const kind of ["wall", "cpu"] as const) {
  const [run, all] = [blocks.bare, blocks.predict].map((list) => median(list.map((one) => one[kind])));
  const over = (100 * ((all ?? 0) / (run ?? 1) - 1)).toFixed(1);
  const name = kind === "wall" ? "time" : "processor time";
  console.log(
    `${name}: bare run ${run?.toFixed(0)} µs, predict ${all?.toFixed(0)} µs, overhead ${over} % (medians of ${blocks.bare.length} blocks of ${calls})`,
  );
}
console.log(`of which building tensors ${median(assembled).toFixed(1)} µs`);
