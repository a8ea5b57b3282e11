import { Server } from "node:net";
import { FeatureError } from "../errors.js";
import { buildApp } from "./app.js";
import type { Service } from "./service.js";

export interface Listening {
  /** Such as http://127.0.0.1:8417. */
  readonly url: string;
  /** Takes no new connections, finishes what is in flight, and ends. Idempotent. */
  close(): Promise<void>;
}

/** How long connections that are open may still bring requests, each of which is answered and closes its connection. */
const drainMs = 1000;

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Opens the service on an address.
 * @throws FeatureError FS_SERVE_OPEN for an address that is not this machine's alone, without keys; FS_SERVE_ADDRESS when the system
 * refuses it
 */
export async function listen(service: Service, host: string, port: number): Promise<Listening> {
  if (!isLoopback(host) && service.keys.isEmpty) {
    throw new FeatureError(
      "FS_SERVE_OPEN",
      `Without API keys the service listens on a loopback address only; ${host} is none.`,
      { object: host },
    );
  }
  const app = await buildApp(service);
  const { fastify } = app;
  let url: string;
  try {
    url = await fastify.listen({ host, port });
  } catch (cause) {
    await fastify.close();
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new FeatureError("FS_SERVE_ADDRESS", `The service cannot listen on ${host}:${port}: ${words}.`, {
      object: `${host}:${port}`,
      cause,
    });
  }
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    app.drain();
    // Only the door is closed: http's own close would also cut connections whose next request is on its way.
    Server.prototype.close.call(fastify.server);
    const deadline = Date.now() + drainMs;
    while (Date.now() < deadline && (await connections(fastify.server)) > 0) await delay(20);
    await fastify.close();
  };
  return {
    url,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.getConnections((error, count) => resolve(error === null ? count : 0)),
  );
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
