/** The zone of every benchmark. */
export const APEX = 'bench.test';

/** The name whose address the measurement of changes changes; no mix asks for it. */
export const PROBE = `probe.${APEX}`;

/** The TTL of all records but the SOA's negative one. */
export const TTL = 300;

/**
 * How many names of each kind a zone has; they add up to its size, the apex, its two name servers and the probe not counted.
 *
 *     host-I       A, one address
 *     multi-I      A, ten addresses
 *     *.wild-I     A, one address: a wildcard under each of many parents, which are empty non-terminals
 *     three-I      CNAME two-I, CNAME mid-I, CNAME host-I     asked as two-I it is a chain of two, as three-I of three
 *     cut-I        NS of two name servers below it, and their glue
 */
export interface ZonePlan {
  readonly names: number;
  readonly hosts: number;
  readonly multis: number;
  readonly wildcards: number;
  readonly chains: number;
  readonly cuts: number;
  /** RRsets of the whole zone, apex and probe included. */
  readonly rrsets: number;
  readonly records: number;
}

const NAMES_PER_CHAIN = 3;
const NAMES_PER_CUT = 3;
/** Addresses of a `multi-I`. */
export const MULTI_ADDRESSES = 10;

/**
 * The zone of so many names: 1 in 100 is a wildcard, 1 in 100 has ten addresses, 3 in 100 are links of chains, 3 in 1000 are a delegation and its glue, the rest have one address.
 *
 * @throws {RangeError} below 100 names
 */
export function planZone(names: number): ZonePlan {
  if (!Number.isSafeInteger(names) || names < 100) throw new RangeError(`a zone of ${names} names: at least 100 are needed`);
  const percent = Math.floor(names / 100);
  const cuts = Math.ceil(names / 1000);
  const hosts = names - 2 * percent - NAMES_PER_CHAIN * percent - NAMES_PER_CUT * cuts;
  // SOA and NS of the apex, the two name servers, the probe.
  const fixed = { rrsets: 5, records: 6 };
  return {
    names,
    hosts,
    multis: percent,
    wildcards: percent,
    chains: percent,
    cuts,
    rrsets: names + fixed.rrsets,
    // Each name has one RRset; those of several records have them beside.
    records: names + (MULTI_ADDRESSES - 1) * percent + cuts + fixed.records,
  };
}

/** The address of a name with one address. */
export function hostAddress(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}

/** The addresses of `multi-INDEX`. */
export function multiAddresses(index: number): readonly string[] {
  return Array.from({ length: MULTI_ADDRESSES }, (_, step) => `172.${16 + step}.${(index >> 8) & 255}.${index & 255}`);
}

/** The address that `*.wild-INDEX` has. */
export function wildcardAddress(index: number): string {
  return `192.168.${(index >> 8) & 255}.${index & 255}`;
}

/** The host at the end of a chain: spread over the zone, not one beside the other. */
export function chainEnd(plan: ZonePlan, index: number): number {
  return (index * 97 + 13) % plan.hosts;
}

/** The probe's address in each revision of the zone, always 14 characters long. */
export function probeAddress(revision: number): string {
  return `10.111.${100 + (Math.floor(revision / 100) % 100)}.${100 + (revision % 100)}`;
}
