const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** The longest text that is looked at. */
const MAX_TEXT = 64;

/**
 * Scans a duration as Go writes it (`90s`, `1m30s`, `1.5h`, `-1m`), or a plain number of seconds.
 *
 * @returns seconds, perhaps with a fraction; undefined where the text is no duration
 */
export function scanGoDuration(text: string): number | undefined {
  if (text.length > MAX_TEXT) return undefined;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match === null) return undefined;
  let seconds = 0;
  for (const [, count = '', unit = ''] of (match[2] ?? '').matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    seconds += Number(count) * (SECONDS[unit] ?? 0);
  }
  return match[1] === '-' ? -seconds : seconds;
}
