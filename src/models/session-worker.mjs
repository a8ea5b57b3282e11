// A thread that runs one ONNX session for worker-session.ts. JavaScript, because a thread does not have the loader that runs the
// TypeScript sources as they are.
import { parentPort, workerData } from "node:worker_threads";
import ort from "onnxruntime-node";

const session = await ort.InferenceSession.create(workerData.bytes, workerData.options);
parentPort.postMessage({ inputs: session.inputMetadata, outputs: session.outputMetadata });

parentPort.on("message", async ({ id, inputs, outputs }) => {
  try {
    const feeds = Object.fromEntries(
      inputs.map(({ name, dims, data }) => [name, new ort.Tensor("float32", data, dims)]),
    );
    const results = await session.run(feeds, outputs);
    parentPort.postMessage({ id, results: outputs.map((name) => tensorOf(results[name])) });
  } catch (error) {
    parentPort.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
  }
});

function tensorOf({ dims, data }) {
  return { dims: [...dims], data };
}
