/** Clients that ask a service again and again, each over a connection of its own that it keeps. */
import { Agent, get, type IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** What an answer of `latest` about one instrument said. */
export interface SeenRow {
  /** The service's time, epoch ms. */
  readonly now: number;
  readonly status: string;
  readonly bucketId: number | null;
  readonly ageS: number | null;
}

export interface SteadyLoad {
  readonly seen: readonly SeenRow[];
  /** Answers of all kinds, and how long the slowest took, ms. */
  readonly answers: number;
  readonly slowestMs: number;
  /** Refusals, and requests that went out and got no answer. */
  readonly failures: readonly string[];
  /** Resolves when every client has its last answer, or found the door closed. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly connections: number;
  /** Between an answer and the next request, ms. */
  readonly pauseMs: number;
  /** A path that answers like `latest`, of one instrument. */
  readonly latest: string;
  /** Others, asked once in four times. */
  readonly others: readonly string[];
}

/** Starts the clients. A connection that is refused ends its client; one that breaks while an answer is awaited is a failure. */
export function startLoad(url: string, { connections, pauseMs, latest, others }: LoadOptions): SteadyLoad {
  const seen: SeenRow[] = [];
  const failures: string[] = [];
  let answers = 0;
  let slowestMs = 0;
  let isStopped = false;

  const client = async (first: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = first; !isStopped; turn++) {
      const other = turn % 4 === 0 ? others[(turn / 4) % others.length] : undefined;
      const begun = performance.now();
      try {
        const { status, text } = await ask(agent, url + (other ?? latest));
        answers += 1;
        slowestMs = Math.max(slowestMs, performance.now() - begun);
        if (status !== 200) failures.push(`${status}: ${text.slice(0, 200)}`);
        else if (other === undefined) seen.push(seenRow(text));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ECONNREFUSED") break;
        failures.push(String(error));
      }
      await delay(pauseMs);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: connections }, (_, place) => client(place));
  return {
    seen,
    failures,
    get answers() {
      return answers;
    },
    get slowestMs() {
      return slowestMs;
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(clients);
    },
  };
}

function seenRow(text: string): SeenRow {
  const { now, rows } = JSON.parse(text);
  const [row] = rows;
  return { now, status: row.status, bucketId: row.bucket_id, ageS: row.age_s };
}

function ask(agent: Agent, url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("error", reject);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
      );
    });
    request.once("error", reject);
  });
}

/** A row that was told of: when it could be used. */
export interface ToldRow {
  readonly bucketId: number;
  readonly availableAt: number;
}

/** How late answers were, in ms of the service's time: how long a newer row than the one that was answered could have been used by then. */
export function latenessOf(seen: readonly SeenRow[], told: readonly ToldRow[]): number[] {
  const rows = [...told].sort((a, b) => a.bucketId - b.bucketId);
  return seen.map(({ now, bucketId }) => {
    const missed = rows.find((row) => row.bucketId > (bucketId ?? 0) && row.availableAt <= now);
    return missed === undefined ? 0 : now - missed.availableAt;
  });
}
