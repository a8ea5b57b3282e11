import type { FastifyInstance } from "fastify";
import { HttpError } from "../http-error.js";
import { errorAnswer } from "../schemas/common.js";
import { predictAnswer, predictBody } from "../schemas/predict.js";
import { answerTimeout, type Predictions, type Service } from "../service.js";
import { predictionDocument } from "../wire/prediction-document.js";

interface Route {
  readonly Body: {
    readonly model?: string;
    readonly vector?: string;
    readonly instruments: readonly string[];
  };
}

/** What a model says about some instruments now. Which version answers is the rollout's matter, not the caller's. */
export function predictRoute(app: FastifyInstance, service: Service, predictions: Predictions): void {
  app.post<Route>(
    "/v1/predict",
    {
      handlerTimeout: answerTimeout(service),
      config: { scope: "predict" },
      schema: {
        operationId: "predict",
        summary: "Predictions and decisions for some instruments, from the rows in memory",
        description:
          "Names a model, or a vector that one model alone reads. A prediction never fails: where no model could answer, " +
          "`model` is null and `fallback_reason` says why. The route is there when a model was registered before the service " +
          "started.",
        body: predictBody,
        response: { 200: predictAnswer, default: errorAnswer },
      },
    },
    async ({ body }) => {
      const model = askedModel(predictions, body);
      const state = predictions.state(model);
      if (state === undefined) throw new HttpError("not_found", "There is no model of that name.");
      if (state !== "served") {
        throw new HttpError("unavailable", `The model ${model} is not served: ${state.refused}.`);
      }
      for (const instrument of body.instruments) {
        if (predictions.holds(model, instrument) || service.instruments.includes(instrument)) continue;
        throw new HttpError("not_found", `The instrument ${instrument} is unknown here.`);
      }
      const now = Math.floor(service.now());
      const answers = await predictions.predict(model, body.instruments);
      return { model, now, predictions: answers.map(predictionDocument) };
    },
  );
}

function askedModel(predictions: Predictions, { model, vector }: Route["Body"]): string {
  if ((model === undefined) === (vector === undefined)) {
    throw new HttpError("bad_request", "The request is wrong: body must name a model or a vector, not both.");
  }
  if (model !== undefined) return model;
  const [first, ...others] = predictions.modelsOf(vector ?? "");
  if (first === undefined) throw new HttpError("not_found", "There is no model of that vector.");
  if (others.length === 0) return first;
  const names = [first, ...others].join(", ");
  throw new HttpError("bad_request", `The vector has several models; name one of ${names}.`);
}
