import { Agent, request } from "node:http";
import type { TradeSpan } from "./load-writer.js";

const from = Date.UTC(2024, 4, 1);

/**
 * Inserts as a collector does that knows nothing of this product: a statement of a few rows as JSON over HTTP, which the server gathers with
 * those of others (`async_insert`) and answers when they are stored. Connections are kept.
 */
export function collector(url: string, user: string, password: string, table: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const address = new URL(url);
  for (const [name, value] of Object.entries({
    query: `INSERT INTO ${table} FORMAT JSONEachRow`,
    async_insert: "1",
    wait_for_async_insert: "1",
    async_insert_busy_timeout_max_ms: "50",
  }))
    address.searchParams.set(name, value);
  const headers = { "X-ClickHouse-User": user, "X-ClickHouse-Key": password };
  return (trades: TradeSpan): Promise<void> => {
    const lines = Array.from({ length: trades.count }, (_, index) =>
      line(trades.symbol, trades.first + index),
    );
    return new Promise((resolve, reject) => {
      const post = request(address, { method: "POST", agent, headers }, (answer) => {
        let text = "";
        answer.on("data", (part) => {
          text += part;
        });
        answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(text))));
      });
      post.once("error", reject);
      post.end(lines.join("\n"));
    });
  };
}

/** The trade that `insertTrades` inserts under this number. */
function line(symbol: string, n: number): string {
  const at = new Date(from + n * 20).toISOString().replace("T", " ").replace("Z", "");
  return JSON.stringify({
    exchange: "binance",
    market_type: "spot",
    symbol,
    timestamp: at,
    available_at: at,
    trade_seq: n,
    trade_id: String(n),
    price: 100 + (n % 7),
    quantity: 1,
    side: n % 2 === 0 ? "buy" : "sell",
  });
}
