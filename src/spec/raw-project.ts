/** The shapes that features.yaml has once project.schema.json has accepted it. */
import type { Databases, SourceName } from "./model.js";
import type { RawSides } from "./sides.js";

type Decimal = number | string;

export interface RawTarget {
  readonly engine: "embedded" | "server" | "cluster";
  readonly path?: string;
  readonly url?: string;
  readonly username?: string;
  readonly password?: string;
  readonly cluster?: string;
}

export interface RawInstrument {
  readonly tick_size: Decimal;
  readonly lot_size: Decimal;
  readonly contract_size?: Decimal;
  readonly base: string;
  readonly quote: string;
}

export interface RawSource {
  readonly table?: string;
  readonly external?: boolean;
  readonly columns?: Readonly<Record<string, string>>;
  readonly sides?: RawSides;
  readonly available_at?: string;
  readonly delay?: string;
  readonly max_age?: string;
}

export interface RawClock {
  readonly mode?: "volume" | "count" | "event" | "quality";
  readonly target?: string;
  readonly max?: string;
  readonly max_trades?: number;
  readonly book_gap?: string;
  readonly allowed_lateness?: string;
  readonly size:
    | Decimal
    | {
        readonly from?: "bucket_config";
        readonly default?: Decimal | Readonly<Record<string, Decimal>>;
        readonly fallback?: Decimal;
        readonly bounds?: Readonly<Record<string, readonly [Decimal, Decimal]>>;
      };
  readonly quality?: {
    readonly min_trades?: number;
    readonly score?: number;
    readonly cap?: number;
    readonly adaptive?: {
      readonly factor?: number;
      readonly min?: string;
      readonly max?: string;
      readonly buckets?: number;
    };
  };
}

export interface RawProject {
  readonly project: string;
  readonly engine: string;
  readonly targets: Readonly<Record<string, RawTarget>>;
  readonly databases?: Partial<Databases>;
  readonly instruments: Readonly<Record<string, RawInstrument>>;
  readonly sources?: Partial<Record<SourceName, RawSource>>;
  readonly clocks: Readonly<Record<string, RawClock>>;
  readonly sessions?: Readonly<Record<string, readonly [number, number]>>;
  readonly retention?: { readonly raw?: string; readonly features?: string; readonly versions?: number };
}
