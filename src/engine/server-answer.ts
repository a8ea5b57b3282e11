import { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";

/** The header that says how a failure after the first byte of an answer is marked. */
const tagHeader = "x-clickhouse-exception-tag";

/**
 * The bytes of an answer. A server that fails in the middle of one writes a marked message behind what it has sent and cuts the
 * connection: this throws that message, and never yields a byte of it. Leaving the loop early closes the connection.
 */
export async function* answerBytes(
  stream: Readable,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): AsyncGenerator<Uint8Array> {
  const tag = headers[tagHeader];
  const marker = Buffer.from(`\r\n__exception__\r\n${typeof tag === "string" ? tag : "unmarked"}\r\n`);
  let held: Uint8Array = Buffer.alloc(0);
  let failure: Uint8Array | undefined;
  try {
    for await (const chunk of untilBroken(stream)) {
      if (failure !== undefined) {
        failure = Buffer.concat([failure, chunk]);
        continue;
      }
      const bytes = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
      const at = bytes.indexOf(marker);
      // The marker may begin in this chunk and end in the next.
      const end = at >= 0 ? at : Math.max(0, bytes.length - marker.length + 1);
      if (end > 0) yield bytes.subarray(0, end);
      if (at >= 0) failure = bytes.subarray(at + marker.length);
      else held = bytes.subarray(end);
    }
  } catch (cause) {
    throw failure === undefined ? cause : messageOf(failure);
  }
  if (failure !== undefined) throw messageOf(failure);
  if (held.length > 0) yield held;
}

/**
 * All chunks that arrived, and only then the error that ended the stream: by itself a broken stream forgets what it had read ahead, and
 * with it the server's message. So it is never paused. Where its reader is slower, its socket is: what the socket has not read cannot be
 * broken yet.
 */
async function* untilBroken(stream: Readable): AsyncGenerator<Uint8Array> {
  const arrived = new PassThrough({ highWaterMark: 1 << 20 });
  const source = stream instanceof IncomingMessage ? stream.socket : stream;
  let broken: { readonly cause: unknown } | undefined;
  stream.on("data", (chunk) => {
    if (!arrived.write(chunk)) source.pause();
  });
  arrived.on("drain", () => source.resume());
  stream.on("end", () => {
    arrived.end();
    // The connection goes on to the next statement.
    source.resume();
  });
  stream.on("error", (cause) => {
    broken = { cause };
    arrived.end();
  });
  try {
    for await (const chunk of arrived as AsyncIterable<Uint8Array>) yield chunk;
    if (broken !== undefined) throw broken.cause;
  } finally {
    stream.destroy();
  }
}

/** `<message>\n<length> <tag>…` or what of it arrived. */
function messageOf(bytes: Uint8Array): Error {
  return new Error(
    Buffer.from(bytes)
      .toString("utf8")
      .replace(/\n\d+ \S+\r\n__exception__\r\n$/, ""),
  );
}
