import { seededRandom } from './seeded-random.ts';
import { APEX, chainEnd, hostAddress, multiAddresses, wildcardAddress, type ZonePlan } from './zone-plan.ts';

/** A mix of queries, by the name that `--mixes` takes. */
export type MixName = 'a' | '0x20' | 'nxdomain' | 'wildcard' | 'cname' | 'ten' | 'tcp' | 'cookie';

/** A question of a mix, and what every server must answer. */
export interface PlannedQuery {
  /** Without a final dot, in the letter case in which it is sent. The type is always A. */
  readonly name: string;
  readonly rcode: 'NOERROR' | 'NXDOMAIN';
  /** The answer section as `OWNER TYPE RDATA` in lower case, in any order. */
  readonly answer: readonly string[];
}

/** A mix of queries. */
export interface Mix {
  readonly name: MixName;
  readonly title: string;
  readonly rcode: PlannedQuery['rcode'];
  /** Flags of dnsperf beyond those that all mixes have. */
  readonly flags: readonly string[];
  /** One query of the mix. */
  readonly pick: (plan: ZonePlan, random: () => number) => PlannedQuery;
}

const LABEL = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** The mix that latency is measured with. */
export const POSITIVE: Mix = { name: 'a', title: 'positive A', rcode: 'NOERROR', flags: [], pick: pickHost };

/** The mixes, in the order in which they are measured and shown. */
export const MIXES: readonly Mix[] = [
  POSITIVE,
  { name: '0x20', title: 'A, letter case at random (0x20)', rcode: 'NOERROR', flags: [], pick: pickMixedCase },
  { name: 'nxdomain', title: 'NXDOMAIN flood', rcode: 'NXDOMAIN', flags: [], pick: pickMissing },
  { name: 'wildcard', title: 'wildcard', rcode: 'NOERROR', flags: [], pick: pickWildcard },
  { name: 'cname', title: 'chains of 2 and 3 CNAMEs', rcode: 'NOERROR', flags: [], pick: pickChain },
  { name: 'ten', title: '10 addresses', rcode: 'NOERROR', flags: [], pick: pickMulti },
  { name: 'tcp', title: 'positive A over TCP, pipelined', rcode: 'NOERROR', flags: ['-m', 'tcp'], pick: pickHost },
  {
    name: 'cookie',
    title: 'A with EDNS and a client cookie',
    rcode: 'NOERROR',
    // RFC 7873: option 10, eight octets of the client; no server cookie is known yet.
    flags: ['-e', '-E', '10:0123456789abcdef'],
    pick: pickHost,
  },
];

/** Those measured unless `--mixes` says otherwise: cookies need a server that has them. */
export const DEFAULT_MIXES: readonly MixName[] = ['a', '0x20', 'nxdomain', 'wildcard', 'cname', 'ten', 'tcp'];

/** So many queries of a mix, the same in every run. */
export function* planQueries(mix: Mix, plan: ZonePlan, count: number): Generator<PlannedQuery> {
  const random = seededRandom(`${mix.name} ${plan.names}`);
  for (let index = 0; index < count; index++) yield mix.pick(plan, random);
}

function below(limit: number, random: () => number): number {
  return Math.floor(random() * limit);
}

function randomLabel(length: number, random: () => number): string {
  let label = '';
  for (let index = 0; index < length; index++) label += LABEL[below(LABEL.length, random)] ?? '';
  return label;
}

function pickHost(plan: ZonePlan, random: () => number): PlannedQuery {
  const index = below(plan.hosts, random);
  const name = `host-${index}.${APEX}`;
  return { name, rcode: 'NOERROR', answer: [`${name} A ${hostAddress(index)}`] };
}

function pickMixedCase(plan: ZonePlan, random: () => number): PlannedQuery {
  const query = pickHost(plan, random);
  let name = '';
  for (const letter of query.name) name += random() < 0.5 ? letter.toUpperCase() : letter;
  return { ...query, name };
}

function pickMissing(_plan: ZonePlan, random: () => number): PlannedQuery {
  // Twelve characters at random and never a "-": none is a name of the zone.
  return { name: `${randomLabel(12, random)}.${APEX}`, rcode: 'NXDOMAIN', answer: [] };
}

function pickWildcard(plan: ZonePlan, random: () => number): PlannedQuery {
  const index = below(plan.wildcards, random);
  const name = `${randomLabel(8, random)}.wild-${index}.${APEX}`;
  return { name, rcode: 'NOERROR', answer: [`${name} A ${wildcardAddress(index)}`] };
}

function pickChain(plan: ZonePlan, random: () => number): PlannedQuery {
  const index = below(plan.chains, random);
  const end = chainEnd(plan, index);
  const links = [`two-${index}.${APEX}`, `mid-${index}.${APEX}`, `host-${end}.${APEX}`];
  if (random() < 0.5) links.unshift(`three-${index}.${APEX}`);
  const cnames = links.slice(0, -1).map((name, at) => `${name} CNAME ${links[at + 1] ?? ''}`);
  return {
    name: links[0] ?? '',
    rcode: 'NOERROR',
    answer: [...cnames, `host-${end}.${APEX} A ${hostAddress(end)}`],
  };
}

function pickMulti(plan: ZonePlan, random: () => number): PlannedQuery {
  const index = below(plan.multis, random);
  const name = `multi-${index}.${APEX}`;
  return { name, rcode: 'NOERROR', answer: multiAddresses(index).map((address) => `${name} A ${address}`) };
}
