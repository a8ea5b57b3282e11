/**
 * Names of tables that come and go with commands: a writer's lease, and what is staged. They define nothing, and stay behind a command that
 * was killed; so whoever asks whether a target is what it was leaves them out.
 */

/** Lease tables of an instrument (`exchange/market_type/symbol`) bear this and the epoch; their engine is Null. */
export const leaseTablePrefix = (instrument: string): string => `lease_${instrument}_`;

export const stagingPrefix = "staging_";

/** `what` is of small letters and underscores, `id` 16 hex digits. */
export const stagingName = (what: string, id: string): string => `${stagingPrefix}${what}_${id}`;

/** As regular expressions that the engine and JavaScript read alike. */
export const passingPatterns = {
  lease: "^lease_.+/.+/.+_[0-9]+$",
  staging: "^staging_[a-z_]+_[0-9a-f]{16}$",
} as const;
