/** What one column adds to a staging statement. */
export interface Fragment {
  /** Names for expressions that the others use, in order. */
  readonly aliases: readonly (readonly [name: string, sql: string])[];
  /** True for a row that can be stored; evaluated for every row, so cheap. */
  readonly fine: readonly string[];
  /** The reason against the row, or an empty text; evaluated only for rows that are not fine. */
  readonly problems: readonly string[];
  readonly columns: readonly StagedColumn[];
}

export interface StagedColumn {
  readonly name: string;
  readonly type: string;
  /** Undefined only if the row is not fine. */
  readonly sql: string;
}

export function fragment(parts: Partial<Fragment>): Fragment {
  return { aliases: [], fine: [], problems: [], columns: [], ...parts };
}

export function joinFragments(fragments: readonly Fragment[]): Fragment {
  return {
    aliases: fragments.flatMap((part) => part.aliases),
    fine: fragments.flatMap((part) => part.fine),
    problems: fragments.flatMap((part) => part.problems),
    columns: fragments.flatMap((part) => part.columns),
  };
}
