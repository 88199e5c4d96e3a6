import * as fc from 'fast-check';

import { type Peer, type PeerName, startPeer, type ZoneText } from '../support/peers.ts';
import type { QueryClient } from '../support/query-client.ts';
import { composeQuery } from '../support/query.ts';
import { readReply, type Reply } from '../support/read-reply.ts';
import {
  fold,
  type GeneratedRecord,
  type GeneratedZone,
  isBelowRelative,
  printGeneratedZone,
  splitLabels,
} from './generated-zone.ts';
import { type GeneratedQuery, queryArbitrary, queryName } from './query-arbitrary.ts';
import { zoneArbitrary, type ZoneOptions } from './zone-arbitrary.ts';

/** A zone, and sometimes one of its children that the same server holds as a zone of its own. */
export interface Family {
  readonly parent: GeneratedZone;
  /** Its apex is `a.` and the parent's. */
  readonly child?: GeneratedZone;
}

/** One generated family under its apex, with its questions. */
export interface FamilyCase {
  /** The parent's apex, with a final dot. */
  readonly apex: string;
  readonly family: Family;
  /** Names relative to the parent's apex. */
  readonly queries: readonly GeneratedQuery[];
}

/** A server that is asked. */
export interface AskedServer {
  readonly name: string;
  readonly client: QueryClient;
}

/** One question, and what each server replied, in the servers' order. */
export interface Exchange {
  readonly case: FamilyCase;
  readonly query: GeneratedQuery;
  /** The apex of the zone that answers, by the longest match. */
  readonly answeringApex: string;
  readonly sent: Uint8Array;
  readonly octets: readonly Uint8Array[];
  readonly replies: readonly Reply[];
  /** The replies to the same question over TCP, where it was asked again to see what the servers would say if everything fitted. */
  readonly overTcp?: readonly Reply[];
}

/** How much to generate. */
export interface GenerateOptions extends ZoneOptions {
  readonly seed: number;
  readonly zones: number;
  readonly queriesPerZone: number;
  /** Whether some zones get a child that the same servers hold. @default true */
  readonly children?: boolean;
}

/** The label of a hosted child's apex. */
const CHILD = 'a';

/** Zones and questions: the same for the same seed. */
export function generateCases(options: GenerateOptions): FamilyCase[] {
  const zone = zoneArbitrary(options);
  const none = fc.constant(undefined);
  const child = options.children === false ? none : fc.oneof({ weight: 8, arbitrary: none }, { weight: 1, arbitrary: zone });
  const familyAndQueries = fc.tuple(zone, child, fc.boolean()).chain(([parent, below, delegated]) => {
    const count = { minLength: options.queriesPerZone, maxLength: options.queriesPerZone };
    const query = queryArbitrary(parent);
    const either = below === undefined ? query : fc.oneof(query, queryArbitrary(below).map(intoChild));
    const family: Family = below === undefined ? { parent } : { parent: besideChild(parent, below, delegated), child: below };
    return fc.array(either, count).map((queries) => ({ family, queries }));
  });
  const sampled = fc.sample(familyAndQueries, { seed: options.seed, numRuns: options.zones });
  return sampled.map(({ family, queries }, index) => ({ apex: `z${index}.test.`, family, queries }));
}

/**
 * The parent without what NSD does not load beside the child: it keeps all zones in one tree, and wants nothing below a DNAME of one in
 * the other. And with a delegation of the child, or whatever else it has at the child's apex.
 */
function besideChild(parent: GeneratedZone, child: GeneratedZone, delegated: boolean): GeneratedZone {
  const dnames = child.records
    .filter(({ type }) => type === 'DNAME')
    .map(({ owner }) => (owner === '@' ? CHILD : `${owner}.${CHILD}`));
  const isApex = (owner: string): boolean => fold(owner) === CHILD;
  const hidesChild = ({ owner, type }: GeneratedRecord): boolean =>
    type === 'DNAME' && (owner === '@' || isApex(owner) || isBelowRelative(owner, CHILD));
  const records = parent.records.filter(
    (record) =>
      !hidesChild(record) &&
      !dnames.some((dname) => isBelowRelative(record.owner, dname)) &&
      !(delegated && isApex(record.owner)),
  );
  return { records: delegated ? [...records, ...DELEGATION] : records };
}

const DELEGATION: readonly GeneratedRecord[] = [
  { owner: CHILD, ttl: 300, type: 'NS', rdata: 'ns.out.example.' },
  { owner: CHILD, ttl: 60, type: 'DS', rdata: `12345 13 2 ${'ab'.repeat(32)}` },
];

function intoChild(query: GeneratedQuery): GeneratedQuery {
  const { name } = query;
  const absolute = name.endsWith('.') && !name.endsWith('\\.');
  return absolute ? query : { ...query, name: name === '@' ? CHILD : `${name}.${CHILD}` };
}

/** The zone files of some cases. */
export function zoneTexts(cases: readonly Pick<FamilyCase, 'apex' | 'family'>[]): ZoneText[] {
  return cases.flatMap(({ apex, family: { parent, child } }) => [
    { apex, text: printGeneratedZone(apex, parent) },
    ...(child === undefined ? [] : [{ apex: `${CHILD}.${apex}`, text: printGeneratedZone(`${CHILD}.${apex}`, child) }]),
  ]);
}

/** Whether a question is for the DS of a hosted child that its parent does not delegate. */
export function asksForUndelegatedDs({ family }: FamilyCase, query: GeneratedQuery): boolean {
  if (family.child === undefined || query.type !== DS || fold(query.name) !== CHILD) return false;
  return !family.parent.records.some(({ owner, type }) => type === 'NS' && fold(owner) === CHILD);
}

/** Which of a case's zones answers a question: the longest match, but for DS at an apex, which is the parent's (RFC 4035, section 3.1.4.1). */
function answeringApexOf({ apex, family }: FamilyCase, query: GeneratedQuery): string {
  if (family.child === undefined) return apex;
  const labels = splitLabels(fold(query.name));
  const atApex = labels.length === 1;
  return labels.at(-1) === CHILD && !query.name.endsWith('.') && !(atApex && query.type === DS) ? `${CHILD}.${apex}` : apex;
}

const DS = 43;

/** Starts peers on the same zones; a last zone that certainly loads tells when they are up. */
export async function startPeers(names: readonly PeerName[], zones: readonly ZoneText[]): Promise<Peer[]> {
  const started = await Promise.allSettled(names.map((name) => startPeer(name, [...zones, LAST_ZONE])));
  const peers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed === undefined) return peers;
  await Promise.all(peers.map((peer) => peer.stop()));
  throw failed.reason;
}

const LAST_ZONE: ZoneText = {
  apex: 'last.test.',
  text: '$ORIGIN last.test.\n@ 60 IN SOA ns1 host 1 3600 900 86400 60\n@ 60 IN NS ns1\nns1 60 IN A 192.0.2.1\n',
};

/** Asks the question of an exchange again, over TCP. */
export async function askOverTcp(before: Exchange, servers: readonly AskedServer[]): Promise<Exchange> {
  const { replies } = await exchange(before.case, { ...before.query, transport: 'tcp' }, servers);
  return { ...before, overTcp: replies };
}

/** Asks every server every question, many at a time. */
export async function exchangeAll(cases: readonly FamilyCase[], servers: readonly AskedServer[]): Promise<Exchange[]> {
  return Promise.all(cases.flatMap((one) => one.queries.map((query) => exchange(one, query, servers))));
}

async function exchange(one: FamilyCase, query: GeneratedQuery, servers: readonly AskedServer[]): Promise<Exchange> {
  const sent = composeQuery({
    name: queryName(query, one.apex),
    type: query.type,
    recursionDesired: query.recursionDesired,
    dnssecOk: query.dnssecOk,
    ...(query.ednsSize === undefined ? {} : { ednsSize: query.ednsSize }),
  });
  const question = `${queryName(query, one.apex)} TYPE${query.type}`;
  const octets = await Promise.all(
    servers.map(async ({ name, client }) => {
      try {
        return await client.ask(sent, query.transport);
      } catch (error) {
        throw new Error(`${name} does not answer ${question}: ${String(error)}`, { cause: error });
      }
    }),
  );
  const replies = octets.map((message, index) => {
    try {
      return readReply(message);
    } catch (error) {
      const hex = Buffer.from(message).toString('hex');
      throw new Error(`${servers[index]?.name}'s reply to ${question} cannot be read: ${hex}`, { cause: error });
    }
  });
  return { case: one, query, answeringApex: answeringApexOf(one, query), sent, octets, replies };
}
