import { FeatureError } from "../errors.js";
import { engineErrorType, queryError } from "./failure.js";
import type { Address } from "./server-address.js";

const authTypes = new Set(["AUTHENTICATION_FAILED", "REQUIRED_PASSWORD", "UNKNOWN_USER", "WRONG_PASSWORD"]);

/** A failure of a statement sent to a server: refused by it, or never answered. */
export function serverError(cause: unknown, sql: string, address: Address): FeatureError {
  if (cause instanceof FeatureError) return cause;
  const type = engineErrorType(cause);
  const silence = type === undefined ? networkWords(cause) : undefined;
  if (silence !== undefined) {
    const message = `${address.url} does not answer: ${silence}.`;
    return new FeatureError("FS_ENGINE_UNREACHABLE", message, { object: address.target, cause });
  }
  if (type !== undefined && authTypes.has(type)) {
    const message = `${address.url} refused the user ${address.username} or its password.`;
    return new FeatureError("FS_ENGINE_AUTH", message, { object: address.target, cause });
  }
  return queryError(cause, sql, secrets(address));
}

/** What went wrong on the way to the server, or undefined for everything else. */
function networkWords(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  if ("code" in cause && typeof cause.code === "string" && /^E[A-Z]/.test(cause.code)) return cause.code;
  return /timeout|aborted|socket|hang up/i.test(cause.message) ? cause.message.replace(/\.$/, "") : undefined;
}

/** A password of three letters would blot out half of a message, and is no secret. */
function secrets(address: Address): Readonly<Record<string, string>> {
  return address.password.length < 4 ? {} : { [address.password]: "***" };
}
