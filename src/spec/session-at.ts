import type { Session } from "./model.js";

const hourMs = 3_600_000;

/** The session of a moment (epoch ms): the first one whose hours, in UTC, it lies in; empty when in none. */
export function sessionAt(sessions: readonly Session[], at: number): string {
  const hour = Math.floor((((at % (24 * hourMs)) + 24 * hourMs) % (24 * hourMs)) / hourMs);
  return sessions.find((session) => isIn(session, hour))?.name ?? "";
}

/** Hours `[from, to)`; a session may go over midnight. */
function isIn({ fromHour, toHour }: Session, hour: number): boolean {
  return fromHour < toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour;
}
