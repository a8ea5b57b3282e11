import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveLibchdb } from "chdb/libchdb";
import { packageRoot } from "./run-feature.js";

/** A real ClickHouse server on loopback for tests, out of the engine library that the product ships with. */
export interface TestServer {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

const username = "prism";
const password = "s3cret-'\"&pass";

/**
 * Starts a server with one user, or says on standard output why it cannot and returns undefined: the caller skips then. It needs a C
 * compiler or python3.
 */
export async function startServer(): Promise<TestServer | undefined> {
  const launcher = findLauncher();
  if (launcher === undefined) {
    console.log("SKIPPED: tests on a ClickHouse server need `cc` or `python3`");
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "prism-server-"));
  const [httpPort, tcpPort] = [await freePort(), await freePort()];
  const config = join(folder, "config.xml");
  writeFileSync(config, configXml(join(folder, "users.xml")));
  writeFileSync(join(folder, "users.xml"), usersXml());
  const { path: library } = resolveLibchdb();
  const child = spawn(
    launcher[0] ?? "",
    [
      ...launcher.slice(1),
      library,
      `--config-file=${config}`,
      "--path",
      join(folder, "data"),
      "--listen_host=127.0.0.1",
      `--http_port=${httpPort}`,
      `--tcp_port=${tcpPort}`,
      "--query",
      "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT sleepEachRow(1) FROM system.numbers FORMAT Null " +
        "SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0",
    ],
    { stdio: ["ignore", "ignore", "pipe"], cwd: folder },
  );
  let complaint = "";
  child.stderr?.on("data", (text) => {
    complaint += text;
  });
  // A test process that dies must not leave a server behind.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const url = `http://127.0.0.1:${httpPort}`;
  await untilAnswers(url, child, () => complaint);
  return {
    url,
    username,
    password,
    async stop() {
      process.off("exit", kill);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null) {
        child.kill("SIGKILL");
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilAnswers(url: string, child: ChildProcess, complaint: () => string): Promise<void> {
  for (const started = Date.now(); Date.now() - started < 30_000; ) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/ping`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  throw new Error(`The test server did not start. ${complaint()}`);
}

/** The command that runs the library: the compiled shim, kept for the next run, or python. */
function findLauncher(): readonly string[] | undefined {
  const source = fileURLToPath(new URL("clickhouse-shim.c", import.meta.url));
  // Not among temporary files: these may be where nothing can be executed.
  const folder = join(packageRoot, "node_modules/.cache/prism-features");
  const program = join(folder, "clickhouse-shim");
  if (existsSync(program)) return [program];
  mkdirSync(folder, { recursive: true });
  const draft = `${program}-${process.pid}`;
  if (spawnSync(process.env.CC ?? "cc", ["-O1", "-o", draft, source, "-ldl"]).status === 0) {
    renameSync(draft, program);
    return [program];
  }
  const script = fileURLToPath(new URL("clickhouse_shim.py", import.meta.url));
  return spawnSync("python3", ["-c", "import ctypes"]).status === 0 ? ["python3", script] : undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function configXml(users: string): string {
  return `<clickhouse>
  <logger><level>none</level></logger>
  <users_config>${users}</users_config>
  <mark_cache_size>67108864</mark_cache_size>
</clickhouse>`;
}

function usersXml(): string {
  const escaped = password.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users>
    <default><no_password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
    <${username}>
      <password>${escaped}</password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <access_management>1</access_management>
    </${username}>
  </users>
</clickhouse>`;
}
