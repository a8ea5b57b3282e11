/** Every status that a command ends with, and when. `feature --help` prints them, scripts/cli-doc.ts writes them into docs/cli.md. */
export const exitStatuses: readonly (readonly [status: string, meaning: string])[] = [
  ["0", "done, or nothing to do; also with counted rejects, and for a file that is stored already"],
  ["1", "an error, findings in the specs, more rejects than `--max-rejects`, an edited or missing migration"],
  ["2", "`feature diff --exit-code` found changes or drift"],
  ["3", "a change that takes away what others use was refused; the error names the option that allows it"],
  ["4", "drift: the database differs from the registry (`feature status --exit-code`, `feature apply`)"],
  ["5", "held by another process: the data directory, the lock of `feature apply`, an instrument, a job"],
  ["6", "a check of a migration or of `feature verify` failed, or its raw data is past its retention"],
  ["64", "wrong usage"],
  ["130, 143", "ended by Ctrl-C or SIGTERM"],
];
