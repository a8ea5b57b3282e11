/** Whether the text is an offset from UTC (`+03:00`, `-05:30`) or an IANA zone (`UTC`, `Europe/Berlin`). */
export function isTimeZone(text: string): boolean {
  const [, hours, minutes] = /^[+-](\d{2}):(\d{2})$/.exec(text) ?? [];
  if (hours !== undefined) return Number(hours) <= 14 && Number(minutes) < 60;
  if (!/^[A-Z]/i.test(text)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
