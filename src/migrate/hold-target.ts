import { hostname, userInfo } from "node:os";
import type { Engine } from "../engine/port.js";
import { type HeldLock, takeLock } from "../registry/lock.js";

export interface HoldOptions {
  /** For people who find the target held. */
  readonly owner?: string;
  readonly leaseMs?: number;
}

/** One process has one identity, whichever of its runs asks. */
const thisProcess = `${hostname()}/${process.pid}/${Math.round(performance.timeOrigin)}`;

/** Runs `use` while no other run changes the target. Throws FS_REGISTRY_LOCKED at once, naming the holder. */
export async function holdTarget<T>(
  engine: Engine,
  registry: string,
  options: HoldOptions,
  use: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const lock = await takeLock(engine, registry, {
    owner: options.owner ?? `${userInfo().username}@${hostname()}, pid ${process.pid}`,
    process: thisProcess,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  });
  try {
    return await use(lock);
  } finally {
    await lock.release();
  }
}
