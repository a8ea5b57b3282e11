import { FeatureError } from "../errors.js";
import type { Target } from "../spec/model.js";

/** Where a server is, without what must not show. */
export interface Address {
  readonly target: string;
  /** Scheme, host and port. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

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

/** Which server, and who asks there: not everybody sees everything. Of a password it says nothing. */
export function serverPlace(target: Exclude<Target, { kind: "embedded" }>): string {
  const { url, username } = serverAddress(target);
  return JSON.stringify([url, username]);
}
