/** jobs/<name>.yaml → JobSpec. Whether its clock exists is checked in references.ts, its cron fields in jobs/. */
import { parseDuration } from "./duration.js";
import { isJobHandler, jobHandlers, type ParameterKind } from "./job-handlers.js";
import { pointerTo } from "./json-pointer.js";
import type { JobSpec, JobValue } from "./model.js";
import type { SpecReader } from "./spec-reader.js";
import { didYouMean } from "./suggest.js";
import { isTimeZone } from "./time-zone.js";

interface RawJob {
  readonly job: string;
  readonly description?: string;
  readonly schedule: string;
  readonly timezone?: string;
  readonly handler?: string;
  readonly sql?: string;
  readonly with?: Readonly<Record<string, JobValue>>;
  readonly timeout?: string;
  readonly retry?: { readonly times: number; readonly backoff?: string };
  readonly missed?: "run_once" | "skip";
}

export function readJobFile(reader: SpecReader): JobSpec {
  const raw = reader.file.data as RawJob;
  const timezone = raw.timezone ?? "UTC";
  if (!isTimeZone(timezone)) {
    const message = `${timezone} is no time zone`;
    reader.add(
      "FS_SPEC_VALUE",
      message,
      reader.file.at("/timezone"),
      "Write an IANA name, such as UTC or Europe/Berlin.",
    );
  }
  if (raw.handler !== undefined) checkHandler(reader, raw.handler, raw.with ?? {});
  else if (raw.with !== undefined) {
    const message = "`with` belongs to a handler; an SQL statement takes no parameters";
    reader.add("FS_SPEC_VALUE", message, reader.file.keyAt("/with"), "Write the values into the statement.");
  }
  return {
    kind: "job",
    name: raw.job,
    description: raw.description ?? "",
    schedule: raw.schedule,
    timezone,
    action:
      raw.handler === undefined
        ? { kind: "sql", sql: raw.sql ?? "" }
        : { kind: "handler", handler: raw.handler, with: raw.with ?? {} },
    timeoutMs: raw.timeout === undefined ? undefined : reader.duration("/timeout", raw.timeout, 0),
    retry: {
      times: raw.retry?.times ?? 0,
      backoffMs: reader.duration("/retry/backoff", raw.retry?.backoff, 30_000),
    },
    missed: raw.missed ?? "skip",
    at: reader.file.at("/job"),
    scheduleAt: reader.file.at("/schedule"),
  };
}

function checkHandler(reader: SpecReader, name: string, values: Readonly<Record<string, JobValue>>): void {
  const names = Object.keys(jobHandlers);
  if (!isJobHandler(name)) {
    const hint = didYouMean(name, names, `Handlers: ${names.join(", ")}.`);
    reader.add("FS_SPEC_UNKNOWN_REFERENCE", `there is no handler ${name}`, reader.file.at("/handler"), hint);
    return;
  }
  const parameters: Readonly<Record<string, ParameterKind>> = jobHandlers[name];
  for (const [key, value] of Object.entries(values)) {
    const pointer = pointerTo("/with", key);
    const kind = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (kind === undefined) {
      const known = Object.keys(parameters);
      const hint = didYouMean(key, known, `${name} takes ${known.join(", ")}.`);
      reader.add("FS_SPEC_UNKNOWN_KEY", `${name} has no parameter ${key}`, reader.file.keyAt(pointer), hint);
    } else if (!fits(kind, value)) {
      const message = `\`${key}\` of ${name} is ${JSON.stringify(value)}, which is no ${kind}`;
      reader.add("FS_SPEC_VALUE", message, reader.file.at(pointer), `Write ${examples[kind]}.`);
    }
  }
}

const examples: Readonly<Record<ParameterKind, string>> = {
  clock: "the name of a clock, such as ubt",
  duration: "a whole number with its unit, such as 7d",
  boolean: "true or false",
  count: "a whole number above 0",
};

function fits(kind: ParameterKind, value: JobValue): boolean {
  switch (kind) {
    case "clock":
      return typeof value === "string";
    case "duration":
      return (
        typeof value === "string" &&
        /^[0-9]{1,12}(ms|s|m|h|d)$/.test(value) &&
        (parseDuration(value) ?? 0) > 0
      );
    case "boolean":
      return typeof value === "boolean";
    case "count":
      return typeof value === "number" && Number.isInteger(value) && value > 0;
  }
}
