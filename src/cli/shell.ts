import type { Progress } from "./progress.js";

/** The options that every command takes. */
export interface GlobalOptions {
  /** The folder that holds features.yaml. */
  readonly project: string;
  /** Name of a target in features.yaml; undefined: the project's `engine`. */
  readonly target: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
}

/** What a command sees of the process it runs in. */
export interface Shell {
  readonly options: GlobalOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
  /** Columns of the terminal on stdout; undefined when stdout is none. */
  readonly width: number | undefined;
  /** Shows a text, and says whether the answer to a question is yes; undefined where nobody can answer: no terminal, or --json. */
  readonly ask: ((shown: string, question: string) => Promise<boolean>) | undefined;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Runs `release` when the process is told to end; returns how to take it back. */
  onInterrupt(release: () => Promise<void>): () => void;
}
