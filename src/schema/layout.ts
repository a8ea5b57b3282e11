/** What of a project decides which tables there are: a part of it, so that schema/ does not depend on spec/. */

interface OwnedSource {
  readonly table: string;
  readonly external: boolean;
}

export interface SchemaLayout {
  readonly databases: {
    readonly raw: string;
    readonly cold: string;
    readonly features: string;
    readonly registry: string;
  };
  readonly sources: Readonly<Record<SourceTable, OwnedSource>>;
  readonly clocks: Readonly<Record<string, unknown>>;
  readonly sessions?: readonly {
    readonly name: string;
    readonly fromHour: number;
    readonly toHour: number;
  }[];
  readonly retention: { readonly rawMs: number | undefined; readonly featuresMs: number | undefined };
}

export const sourceTables = [
  "trades",
  "orderbooks",
  "funding_rates",
  "open_interests",
  "liquidations",
  "lsr_top_positions",
  "lsr_all_accounts",
  "volatility_indices",
] as const;
export type SourceTable = (typeof sourceTables)[number];
