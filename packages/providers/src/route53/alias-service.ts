import type { OwnerName } from '@kubezone/core';

import {
  API_GATEWAY_ZONE_IDS,
  BEANSTALK_ZONE_IDS,
  CLOUDFRONT_CHINA_ZONE_ID,
  CLOUDFRONT_ZONE_ID,
  FORMER_LOAD_BALANCER_ZONE_IDS,
  GLOBAL_ACCELERATOR_ZONE_ID,
  LOAD_BALANCER_ZONE_IDS,
  NETWORK_LOAD_BALANCER_ZONE_IDS,
  S3_WEBSITE_ZONE_IDS,
  VPC_ENDPOINT_ZONE_IDS,
  type ZoneIds,
} from './alias-zones.ts';

/** What an alias to a name of an AWS service is made of. */
export interface AliasService {
  /** What the alias names: the name itself, but for S3, where it is the region's website endpoint. */
  readonly name: OwnerName;
  readonly zoneId: string;
  /** Whether the service answers with IPv6 addresses too, so that an AAAA is made beside the A (Developer Guide, "Values for simple alias records"). */
  readonly ipv6: boolean;
  /** Whether Route 53 can ask for the target's health (API Reference, AliasTarget: not of CloudFront). */
  readonly health: boolean;
  /** Whether an alias to it may stand in a private zone (the same: not to CloudFront). */
  readonly inPrivateZones: boolean;
}

/** One kind of names. */
interface Pattern {
  /** Groups: `region`; `endpoint` and `bucket` for S3. */
  readonly names: RegExp;
  readonly zoneIds: ZoneIds | string;
  readonly ipv6: boolean;
  readonly edge?: boolean;
}

const REGION = String.raw`(?<region>[a-z]{2}(?:-[a-z]+)+-\d)`;
const PARTITION = String.raw`amazonaws\.com(?:\.cn)?\.$`;

const PATTERNS: readonly Pattern[] = [
  { names: new RegExp(String.raw`\.${REGION}\.elb\.${PARTITION}`), zoneIds: LOAD_BALANCER_ZONE_IDS, ipv6: true },
  { names: new RegExp(String.raw`\.elb\.${REGION}\.${PARTITION}`), zoneIds: NETWORK_LOAD_BALANCER_ZONE_IDS, ipv6: true },
  { names: /\.cloudfront\.net\.$/, zoneIds: CLOUDFRONT_ZONE_ID, ipv6: true, edge: true },
  { names: /\.cloudfront\.cn\.$/, zoneIds: CLOUDFRONT_CHINA_ZONE_ID, ipv6: true, edge: true },
  { names: /\.awsglobalaccelerator\.com\.$/, zoneIds: GLOBAL_ACCELERATOR_ZONE_ID, ipv6: true },
  { names: new RegExp(String.raw`\.execute-api\.${REGION}\.${PARTITION}`), zoneIds: API_GATEWAY_ZONE_IDS, ipv6: true },
  {
    names: new RegExp(String.raw`^(?:(?<bucket>.+\.))?(?<endpoint>s3-website[.-]${REGION}\.${PARTITION})`),
    zoneIds: S3_WEBSITE_ZONE_IDS,
    ipv6: false,
  },
  { names: new RegExp(String.raw`\.${REGION}\.elasticbeanstalk\.com\.$`), zoneIds: BEANSTALK_ZONE_IDS, ipv6: false },
  { names: new RegExp(String.raw`\.${REGION}\.vpce\.${PARTITION}`), zoneIds: VPC_ENDPOINT_ZONE_IDS, ipv6: false },
];

/**
 * What an alias of `owner` to a host name would be made of; undefined where the name belongs to no AWS service, or to a region that is not in the
 * table: then it is a CNAME.
 *
 * A website of S3 answers only to the name that its bucket has, so an alias to it is made only where the owner name is the bucket's.
 */
export function aliasService(owner: OwnerName, target: OwnerName): AliasService | undefined {
  for (const { names, zoneIds, ipv6, edge = false } of PATTERNS) {
    const found = names.exec(target);
    if (found === null) continue;
    const { region, endpoint, bucket } = found.groups ?? {};
    if (bucket !== undefined && bucket !== owner) return undefined;
    const zoneId = typeof zoneIds === 'string' ? zoneIds : zoneIds[region ?? ''];
    if (zoneId === undefined) return undefined;
    return { name: (endpoint ?? target) as OwnerName, zoneId, ipv6, health: !edge, inPrivateZones: !edge };
  }
  return undefined;
}

const CURRENT: ReadonlyMap<string, string | undefined> = new Map(
  Object.entries(FORMER_LOAD_BALANCER_ZONE_IDS).map(([region, former]) => [former, LOAD_BALANCER_ZONE_IDS[region]]),
);

/** The zone id that is used today for what a record names by the one of its time. */
export function currentZoneId(zoneId: string): string {
  return CURRENT.get(zoneId) ?? zoneId;
}
