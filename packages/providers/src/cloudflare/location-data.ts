/** The vendor's form of a LOC record (RFC 1876): degrees, minutes and seconds apart, everything else in metres. */

type LocationData = Readonly<Record<string, unknown>>;

const KEYS = [
  'lat_degrees',
  'lat_minutes',
  'lat_seconds',
  'lat_direction',
  'long_degrees',
  'long_minutes',
  'long_seconds',
  'long_direction',
  'altitude',
  'size',
  'precision_horz',
  'precision_vert',
] as const;

/** @param tokens of rdata as core prints it, all twelve */
export function composeLocationData(tokens: readonly string[]): LocationData {
  return Object.fromEntries(
    KEYS.map((key, index) => {
      const token = tokens[index] ?? '';
      return [key, key.endsWith('direction') ? token : Number(token.replace(/m$/, ''))];
    }),
  );
}

/** Presentation format of what the vendor holds. What it leaves out has RFC 1876's defaults. */
export function printLocationData(data: LocationData): string {
  const defaults: LocationData = { lat_minutes: 0, lat_seconds: 0, long_minutes: 0, long_seconds: 0, altitude: 0, size: 1 };
  const precisions: LocationData = { precision_horz: 10_000, precision_vert: 10 };
  const all: LocationData = { ...defaults, ...precisions, ...data };
  return KEYS.map((key, index) => `${String(all[key])}${index >= 8 ? 'm' : ''}`).join(' ');
}
