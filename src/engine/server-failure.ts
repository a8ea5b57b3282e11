import { FeatureError } from "../errors.js";
import type { Target } from "../spec/model.js";
import { engineErrorType, queryError } from "./failure.js";

/** Where a server is, without what must not show. */
export interface Address {
  readonly target: string;
  /** Scheme, host and port. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

const authTypes = new Set(["AUTHENTICATION_FAILED", "REQUIRED_PASSWORD", "UNKNOWN_USER", "WRONG_PASSWORD"]);

/** The target's address; credentials inside the url count when the target names none. */
export function serverAddress(target: Exclude<Target, { kind: "embedded" }>): Address {
  let url: URL;
  try {
    url = new URL(target.url);
  } catch {
    throw new FeatureError("FS_ENGINE_TARGET", `The url of target ${target.name} is not a URL.`, {
      object: target.name,
      hint: "Write it like http://host:8123.",
    });
  }
  const username = target.username || decodeURIComponent(url.username) || "default";
  const password = target.password || decodeURIComponent(url.password);
  return { target: target.name, url: `${url.protocol}//${url.host}${url.pathname}`, username, password };
}

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
