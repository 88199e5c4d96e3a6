import type { GeoLocation, GeoProximityLocation, ResourceRecordSet, ResourceRecordSetRegion } from '@aws-sdk/client-route-53';

/** Properties of an RRset by their full name, as external-dns calls them. */
export type Properties = Readonly<Record<string, string>>;

/** The parts of an RRset that say when Route 53 chooses it. */
export type Routing = Pick<
  ResourceRecordSet,
  | 'Weight'
  | 'Region'
  | 'Failover'
  | 'GeoLocation'
  | 'GeoProximityLocation'
  | 'MultiValueAnswer'
  | 'CidrRoutingConfig'
  | 'HealthCheckId'
>;

/** Whether an alias is answered only while its target is healthy. */
export const EVALUATE_TARGET_HEALTH = 'aws/evaluate-target-health';

/** A property that stands for one field: what it may be, and how it is written alike however it was given. */
interface Rule {
  readonly expected: string;
  normal(value: string): string | undefined;
}

const text = (expected: string, pattern: RegExp, fold: (value: string) => string = (value) => value): Rule => ({
  expected,
  normal: (value) => (pattern.test(fold(value)) ? fold(value) : undefined),
});
const upper = (value: string): string => value.toUpperCase();
const lower = (value: string): string => value.toLowerCase();
const integer = (min: number, max: number): Rule => ({
  expected: `a whole number from ${min} to ${max}`,
  normal: (value) =>
    /^[-+]?\d{1,3}$/.test(value) && Number(value) >= min && Number(value) <= max ? String(Number(value)) : undefined,
});
const FLAG: Rule = {
  expected: '"true" or "false"',
  normal: (value) => (/^(?:true|false)$/i.test(value) ? lower(value) : undefined),
};

const COORDINATES = /^\s*([-+]?\d{1,2}(?:\.\d{0,2})?)\s*,\s*([-+]?\d{1,3}(?:\.\d{0,2})?)\s*$/;

const RULES: Readonly<Record<string, Rule>> = {
  'aws/weight': integer(0, 255),
  'aws/region': text('a region of AWS, such as eu-west-1', /^[a-z]{2,4}(?:-[a-z]+)+-\d$/, lower),
  'aws/failover': text('PRIMARY or SECONDARY', /^(?:PRIMARY|SECONDARY)$/, upper),
  'aws/geolocation-continent-code': text('the two letters of a continent', /^[A-Z]{2}$/, upper),
  'aws/geolocation-country-code': text('the two letters of a country, or *', /^(?:[A-Z]{2}|\*)$/, upper),
  'aws/geolocation-subdivision-code': text('one to three letters or digits', /^[A-Z0-9]{1,3}$/, upper),
  'aws/geoproximity-region': text('a region of AWS, such as eu-west-1', /^[a-z]{2,4}(?:-[a-z]+)+-\d$/, lower),
  'aws/geoproximity-local-zone-group': text('a local zone group, such as us-west-2-lax-1', /^[a-z0-9-]{1,64}$/, lower),
  'aws/geoproximity-coordinates': {
    expected: 'latitude and longitude, such as 48.85,2.35, with at most two decimals',
    normal: (value) => COORDINATES.exec(value)?.slice(1).join(','),
  },
  'aws/geoproximity-bias': integer(-99, 99),
  'aws/multi-value-answer': FLAG,
  'aws/cidr-collection-id': text('the id of a CIDR collection', /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/, lower),
  'aws/cidr-location-name': text('the name of a CIDR location, or *', /^(?:[\w-]{1,16}|\*)$/),
  'aws/health-check-id': text('the id of a health check', /^[\w-]{1,64}$/),
  [EVALUATE_TARGET_HEALTH]: FLAG,
};

/** What is the same as its absence. */
const DEFAULTS: Properties = { 'aws/multi-value-answer': 'false', 'aws/geoproximity-bias': '0' };

/**
 * The properties among those given that Route 53 has, each written in one way and without defaults.
 *
 * @returns a sentence where one has no meaning
 */
export function normalProperties(given: Properties): Properties | string {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
    if (rule === undefined) continue;
    const normal = rule.normal(value.trim());
    if (normal === undefined) return `its property ${name} is ${JSON.stringify(value)}; expected ${rule.expected}`;
    if (DEFAULTS[name] !== normal) kept[name] = normal;
  }
  if (kept['aws/cidr-collection-id'] !== undefined) kept['aws/cidr-location-name'] ??= '*';
  return kept;
}

/** The routing policies that some properties ask for, by name. */
export function policiesOf(properties: Properties): readonly string[] {
  const policies = Object.keys(properties).flatMap(
    (name) => /^aws\/(weight|region|failover|geolocation|geoproximity|multi-value|cidr)/.exec(name)?.[1] ?? [],
  );
  return [...new Set(policies)];
}

/** From properties in normal form to Route 53's fields. */
export function composeRouting(properties: Properties): Routing {
  const weight = properties['aws/weight'];
  const region = properties['aws/region'];
  const failover = properties['aws/failover'];
  const geo = composeGeoLocation(properties);
  const proximity = composeProximity(properties);
  const collection = properties['aws/cidr-collection-id'];
  const location = properties['aws/cidr-location-name'];
  const healthCheck = properties['aws/health-check-id'];
  return {
    ...(weight === undefined ? {} : { Weight: Number(weight) }),
    ...(region === undefined ? {} : { Region: region as ResourceRecordSetRegion }),
    ...(failover === undefined ? {} : { Failover: failover as 'PRIMARY' | 'SECONDARY' }),
    ...(geo === undefined ? {} : { GeoLocation: geo }),
    ...(proximity === undefined ? {} : { GeoProximityLocation: proximity }),
    ...(properties['aws/multi-value-answer'] === 'true' ? { MultiValueAnswer: true } : {}),
    ...(collection === undefined ? {} : { CidrRoutingConfig: { CollectionId: collection, LocationName: location } }),
    ...(healthCheck === undefined ? {} : { HealthCheckId: healthCheck }),
  };
}

function composeGeoLocation(properties: Properties): GeoLocation | undefined {
  const continent = properties['aws/geolocation-continent-code'];
  const country = properties['aws/geolocation-country-code'];
  const subdivision = properties['aws/geolocation-subdivision-code'];
  if (continent === undefined && country === undefined && subdivision === undefined) return undefined;
  return {
    ...(continent === undefined ? {} : { ContinentCode: continent }),
    ...(country === undefined ? {} : { CountryCode: country }),
    ...(subdivision === undefined ? {} : { SubdivisionCode: subdivision }),
  };
}

function composeProximity(properties: Properties): GeoProximityLocation | undefined {
  const region = properties['aws/geoproximity-region'];
  const group = properties['aws/geoproximity-local-zone-group'];
  const [Latitude, Longitude] = properties['aws/geoproximity-coordinates']?.split(',') ?? [];
  const bias = properties['aws/geoproximity-bias'];
  if (region === undefined && group === undefined && Latitude === undefined) return undefined;
  return {
    ...(region === undefined ? {} : { AWSRegion: region }),
    ...(group === undefined ? {} : { LocalZoneGroup: group }),
    ...(Latitude === undefined ? {} : { Coordinates: { Latitude, Longitude } }),
    ...(bias === undefined ? {} : { Bias: Number(bias) }),
  };
}

/** From Route 53's fields to properties in normal form. */
export function parseProperties(found: ResourceRecordSet): Properties {
  const { GeoLocation: geo, GeoProximityLocation: proximity, CidrRoutingConfig: cidr } = found;
  const coordinates = proximity?.Coordinates;
  const entries: readonly (readonly [string, string | undefined])[] = [
    ['aws/weight', found.Weight?.toString()],
    ['aws/region', found.Region],
    ['aws/failover', found.Failover],
    ['aws/geolocation-continent-code', geo?.ContinentCode],
    ['aws/geolocation-country-code', geo?.CountryCode],
    ['aws/geolocation-subdivision-code', geo?.SubdivisionCode],
    ['aws/geoproximity-region', proximity?.AWSRegion],
    ['aws/geoproximity-local-zone-group', proximity?.LocalZoneGroup],
    ['aws/geoproximity-coordinates', coordinates === undefined ? undefined : `${coordinates.Latitude},${coordinates.Longitude}`],
    ['aws/geoproximity-bias', proximity?.Bias?.toString()],
    ['aws/multi-value-answer', found.MultiValueAnswer?.toString()],
    ['aws/cidr-collection-id', cidr?.CollectionId],
    ['aws/cidr-location-name', cidr?.LocationName],
    ['aws/health-check-id', found.HealthCheckId],
    [EVALUATE_TARGET_HEALTH, found.AliasTarget?.EvaluateTargetHealth === true ? 'true' : undefined],
    // Made by a traffic policy, not by a record: whoever compares sees that it is not what anybody here asks for.
    ['aws/traffic-policy-instance-id', found.TrafficPolicyInstanceId],
  ];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined && DEFAULTS[entry[0]] !== entry[1]),
  );
}
