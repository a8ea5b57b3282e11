/**
 * Makes load: GETs one URL over many connections, each asking again once it is answered, and prints what came as JSON. A program of
 * its own, without a library: autocannon took more processor time for a request than the server that was to be measured.
 * `node load-client.mjs URL CONNECTIONS SECONDS`. Answers must have a content-length.
 */
import { connect } from "node:net";

const [address = "", connections = "1", seconds = "1"] = process.argv.slice(2);
const url = new URL(address);
const request = Buffer.from(
  `GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\naccept: */*\r\n\r\n`,
);
const headEnd = Buffer.from("\r\n\r\n");
let requests = 0;
let failures = 0;
let isOver = false;

/** One connection, until the time is over or it breaks. */
function run() {
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    let held = Buffer.alloc(0);
    const take = (part) => {
      held = held.length === 0 ? part : Buffer.concat([held, part]);
      const head = held.indexOf(headEnd);
      if (head < 0) return;
      const text = held.latin1Slice(0, head);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (!(held.length >= head + headEnd.length + length)) {
        if (Number.isNaN(length)) socket.destroy(new Error("an answer without a length"));
        return;
      }
      held = held.subarray(head + headEnd.length + length);
      if (isOver) return void socket.end();
      requests++;
      if (!text.startsWith("HTTP/1.1 2")) failures++;
      socket.write(request);
    };
    socket.on("connect", () => socket.write(request));
    socket.on("data", take);
    socket.on("error", () => failures++);
    socket.on("close", () => {
      if (!isOver) failures++;
      resolve();
    });
  });
}

const began = performance.now();
let took = 0;
setTimeout(() => {
  isOver = true;
  took = performance.now() - began;
}, 1000 * Number(seconds));
await Promise.all(Array.from({ length: Number(connections) }, run));
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    requests,
    perSecond: (1000 * requests) / took,
    failures,
    cpuUs: (user + system) / requests,
  }),
);
