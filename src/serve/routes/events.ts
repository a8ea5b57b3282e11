import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import type { RowEvent } from "../../online/online-store.js";
import { HttpError } from "../http-error.js";
import { assertKnown, knownVector } from "../known.js";
import type { Metrics } from "../metrics.js";
import { errorAnswer, vectorParams } from "../schemas/common.js";
import { eventsQuery } from "../schemas/events.js";
import type { Service } from "../service.js";
import { rowFields } from "../wire/row-json.js";

interface Route {
  readonly Params: { readonly vector: string };
  readonly Querystring: { readonly instrument?: readonly string[] };
}

const heartbeatMs = 15_000;
/** A client that is this far behind is cut off: it would be served from memory that grows. */
const mostBehind = 1024 * 1024;

export interface EventStreams {
  /** Open streams. */
  readonly size: number;
  /** Ends all of them. */
  end(): void;
}

/** Server-Sent Events: one for every bucket that closes. */
export function eventsRoute(app: FastifyInstance, service: Service, metrics: Metrics): EventStreams {
  const open = new Set<() => void>();
  app.get<Route>(
    "/v1/vectors/:vector/events",
    {
      config: { scope: "read" },
      schema: {
        operationId: "events",
        summary: "Server-Sent Events: an event `bucket` with the row of every bucket that closes",
        description:
          "The id of an event is `<instrument> <bucket_id>`. A row may be used from its available_at on; the event comes when it is computed.",
        params: vectorParams,
        querystring: eventsQuery,
        response: { 200: { type: "string", description: "text/event-stream" }, default: errorAnswer },
      },
    },
    async (request, reply) => {
      const { params, query, raw } = request;
      const vector = knownVector(service, params.vector);
      assertKnown(service, vector, query.instrument ?? []);
      if (open.size >= service.limits.eventStreams) {
        throw new HttpError(
          "unavailable",
          `${service.limits.eventStreams} event streams are open, which is the limit.`,
        );
      }
      const wanted = query.instrument === undefined ? undefined : new Set(query.instrument);
      reply.hijack();
      reply.raw.once("close", () => metrics.answered(request, reply));
      const response = reply.raw;
      response.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        ...(reply.getHeaders() as Record<string, string>),
      });
      response.write(`retry: 1000\n: ${vector.name}\n\n`);
      const stop = service.store.onRow((event) => {
        if (event.vector.name !== vector.name || wanted?.has(event.instrument) === false) return;
        send(response, eventText(event), end);
      });
      const beat = setInterval(() => send(response, ": still here\n\n", end), heartbeatMs);
      const end = () => {
        if (!open.delete(end)) return;
        stop();
        clearInterval(beat);
        response.end();
      };
      open.add(end);
      raw.on("close", end);
    },
  );
  return {
    get size() {
      return open.size;
    },
    end: () => {
      for (const end of [...open]) end();
    },
  };
}

function send(response: ServerResponse, text: string, end: () => void): void {
  if (response.writableLength > mostBehind) {
    response.destroy();
    end();
  } else response.write(text);
}

function eventText({ vector, instrument, row }: RowEvent): string {
  const name = JSON.stringify(instrument);
  return (
    `event: bucket\nid: ${instrument} ${row.bucketId}\n` +
    `data: {"vector":"${vector.name}","fingerprint":"${vector.fingerprint}","instrument":${name},${rowFields(vector, row)}}\n\n`
  );
}
