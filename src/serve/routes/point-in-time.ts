import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { ServedVector } from "../../online/served-vector.js";
import { HttpError } from "../http-error.js";
import { aboutJson, assertKnown, knownVector } from "../known.js";
import { type Moment, PointInTimeReader } from "../point-in-time.js";
import { errorAnswer, vectorParams } from "../schemas/common.js";
import { pointInTimeAnswer, pointInTimeBody } from "../schemas/point-in-time.js";
import { answerTimeout, type Service } from "../service.js";
import { momentRows } from "../wire/moment-json.js";
import { accepted, arrowType, ndjsonType } from "./negotiate.js";

interface Route {
  readonly Params: { readonly vector: string };
  readonly Body: { readonly rows: readonly Moment[] };
}

/** What a vector was known to be at given moments. Many rows come as a stream, so that memory does not grow with them. */
export function pointInTimeRoute(app: FastifyInstance, service: Service): void {
  const reader = new PointInTimeReader(service);
  const { inlineRows, streamRows, bodyBytes, answerMs } = service.limits;
  const settings = { max_execution_time: Math.ceil(answerMs / 1000) };
  app.post<Route>(
    "/v1/vectors/:vector/point-in-time",
    {
      handlerTimeout: answerTimeout(service),
      config: { scope: "read" },
      bodyLimit: bodyBytes,
      schema: {
        operationId: "pointInTime",
        summary:
          "For each (instrument, ts) the features as they were known then; NULL where nothing was known or it was too old",
        description:
          `JSON up to ${inlineRows} rows. With \`Accept: ${ndjsonType}\` (a row a line) or \`${arrowType}\` up to ` +
          `${streamRows} rows, streamed.`,
        params: vectorParams,
        body: pointInTimeBody,
        response: { 200: pointInTimeAnswer, default: errorAnswer },
      },
    },
    async ({ params, body, headers }, reply) => {
      const vector = knownVector(service, params.vector);
      const form = accepted(headers.accept, [ndjsonType, arrowType]);
      const limit = form === undefined ? inlineRows : streamRows;
      if (body.rows.length > limit) {
        const way =
          form === undefined
            ? `; ask for them as a stream (Accept: ${ndjsonType} or ${arrowType}) or in parts`
            : "; ask for them in parts";
        throw new HttpError(
          "too_large",
          `${body.rows.length} rows are more than the ${limit} of one answer${way}.`,
        );
      }
      assertKnown(service, vector, [...new Set(body.rows.map(({ instrument }) => instrument))]);
      if (form === undefined) {
        const texts: string[] = [];
        await reader.read(vector, body.rows, async ({ sql, params: bound }) => {
          for await (const block of service.engine.blocks(sql, { params: bound, settings })) {
            texts.push(...momentRows(vector, block));
          }
        });
        return reply
          .type("application/json; charset=utf-8")
          .send(`{${aboutJson(vector)},"rows":[${texts.join(",")}]}`);
      }
      if (form === ndjsonType) {
        return reply.type(ndjsonType).send(await lines(vector, body.rows));
      }
      return reply.type(arrowType).send(await arrow(vector, body.rows));
    },
  );

  /** A page of lines a block: the client's pace is the query's pace. Resolves with the first one. */
  async function lines(vector: ServedVector, moments: readonly Moment[]): Promise<Readable> {
    const out = new PassThrough();
    const work = reader.read(vector, moments, async ({ sql, params }) => {
      for await (const block of service.engine.blocks(sql, { params, settings })) {
        if (out.destroyed) return;
        const isFull = !out.write(`${momentRows(vector, block).join("\n")}\n`);
        if (isFull) await Promise.race([once(out, "drain"), once(out, "close")]);
      }
    });
    // A failure before the first line is an answer of its own; later it can only break the stream off.
    const settled = work.then(
      () => out.end(),
      (error: Error) => out.destroy(error),
    );
    await Promise.race([work, once(out, "readable"), settled]);
    return out;
  }

  /** The engine writes Arrow to a file only; it is read from there, and is gone when it was. */
  async function arrow(vector: ServedVector, moments: readonly Moment[]) {
    const folder = await mkdtemp(join(tmpdir(), "prism-arrow-"));
    const file = join(folder, "rows.arrow");
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      await reader.read(vector, moments, ({ sql, params }) =>
        service.engine.exportTo(file, "ArrowStream", sql, {
          params,
          settings: { ...settings, output_format_arrow_string_as_string: 1 },
        }),
      );
    } catch (error) {
      await remove();
      throw error;
    }
    return createReadStream(file).once("close", () => void remove());
  }
}
