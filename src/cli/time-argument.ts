import { FeatureError } from "../errors.js";

/** `2024-08-08`, `2024-08-08 12:30`, `2024-08-08T12:30:00.250Z`: UTC unless an offset says otherwise. Epoch ms. */
export function timeArgument(option: string, text: string): number {
  const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/;
  const [, day, time = "00:00", zone = "Z"] = form.exec(text.trim()) ?? [];
  const moment = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  if (Number.isFinite(moment)) return moment;
  throw new FeatureError("FS_CLI_USAGE", `${option} ${text} is no time.`, {
    hint: "Write 2024-08-08 or 2024-08-08T12:30:00Z; without an offset it is UTC.",
  });
}
