import { readModels } from "../models/model-registry.js";
import type { OnlinePredictions } from "../models/online-predictions.js";
import type { OnlineStore } from "../online/online-store.js";
import type { Context } from "./context.js";
import type { Shell } from "./shell.js";

/** The models of the target for a service; undefined when none is registered (ONNX Runtime is not loaded then). */
export async function openPredictions(
  { engine, project }: Context,
  shell: Shell,
  store: OnlineStore,
  { now, maxBytes }: { readonly now: () => number; readonly maxBytes: number },
): Promise<OnlinePredictions | undefined> {
  const models = await readModels(engine, project.databases.registry);
  if (models.length === 0) return undefined;
  const [{ OnlinePredictions }, { ModelFolder }] = await Promise.all([
    import("../models/online-predictions.js"),
    import("../models/model-folder.js"),
  ]);
  const predictions = await OnlinePredictions.open({
    engine,
    project,
    folder: new ModelFolder(project.root),
    store,
    now,
    maxBytes,
  });
  for (const { model } of models) {
    const state = predictions.state(model);
    if (typeof state === "object") shell.progress.line(`the model ${model} is not served: ${state.refused}`);
  }
  return predictions;
}
