import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Service } from "./service.js";

const prefix = "prism_";

/** What /metrics shows. Ages are read from the store when it is asked. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #rows: Counter<"vector" | "instrument">;
  readonly #late: Counter<"vector" | "instrument">;
  readonly #readable: Histogram<"vector">;

  constructor({ store, now }: Service, eventStreams: () => number) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry, prefix });
    this.#requests = new Histogram({
      name: `${prefix}http_request_seconds`,
      help: "Time from a request's arrival to its answer",
      labelNames: ["method", "route", "status"],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 30],
      registers,
    });
    this.#rows = new Counter({
      name: `${prefix}online_rows_total`,
      help: "Rows that came into memory after the start",
      labelNames: ["vector", "instrument"],
      registers,
    });
    this.#late = new Counter({
      name: `${prefix}online_late_rows_total`,
      help: "Rows that came into memory after their available_at: the vector's lag is too short for this machine",
      labelNames: ["vector", "instrument"],
      registers,
    });
    this.#readable = new Histogram({
      name: `${prefix}close_to_readable_seconds`,
      help: "Time from a bucket's available_at, before the vector's lag, to its row being readable",
      labelNames: ["vector"],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 5],
      registers,
    });
    store.onRow(({ vector, instrument, row, at }) => {
      this.#rows.inc({ vector: vector.name, instrument });
      if (at > row.availableAt) this.#late.inc({ vector: vector.name, instrument });
      this.#readable.observe(
        { vector: vector.name },
        Math.max(0, at - row.availableAt + vector.lagMs) / 1000,
      );
    });
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name: prefix + name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    gauge("online_rings", "Vectors times instruments in memory", () => store.stats.rings);
    gauge("online_bytes", "What their rows take", () => store.stats.bytes);
    gauge("online_refused", "Instruments that found no room in memory", () => store.stats.refused);
    gauge("event_streams", "Open event streams", eventStreams);
    new Gauge({
      name: `${prefix}online_age_seconds`,
      help: "Age of the newest row that may be used",
      labelNames: ["vector", "instrument"],
      registers,
      collect() {
        this.reset();
        for (const { name } of store.vectors) {
          for (const instrument of store.instruments(name)) {
            const reading = store.latest(name, instrument);
            if (reading !== undefined) this.set({ vector: name, instrument }, reading.ageMs / 1000);
          }
        }
      },
    });
    gauge("clock_seconds", "The service's own time: a replay's, else the system's", () => now() / 1000);
  }

  /**
   * Counts the answers of all routes of an application, as they are written; those that are streamed once they end. A hook behind the
   * answer (`onResponse`) would cost as much as routing it: fastify listens to the end of every answer then.
   */
  watch(app: FastifyInstance): void {
    app.addHook("onSend", (request, reply, payload, done) => {
      if (isStream(payload)) reply.raw.once("close", () => this.answered(request, reply));
      else this.answered(request, reply);
      done(null, payload);
    });
  }

  /** Counts an answer; for routes that write it themselves. */
  answered({ method, arrivedAt, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): void {
    this.#requests.observe(
      { method, route: routeOptions.url ?? "none", status: statusCode },
      (performance.now() - arrivedAt) / 1000,
    );
  }
}

function isStream(payload: unknown): boolean {
  return typeof payload === "object" && payload !== null && !Buffer.isBuffer(payload);
}
