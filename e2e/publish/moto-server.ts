import { startChild } from '../support/child-server.ts';
import { eventually } from '../support/eventually.ts';

/** An RRset as moto shows it, octal escapes and all. */
export interface MotoSet {
  readonly name: string;
  readonly type: string;
  readonly ttl: number | undefined;
  readonly values: readonly string[];
  readonly setIdentifier: string | undefined;
}

/** moto, spoken to without AWS's SDK, for what a test has to do or see behind the provider's back. */
export interface MotoServer {
  readonly endpoint: string;
  /** @returns its id, as in `/hostedzone/ID` */
  createZone(name: string, isPrivate?: boolean): Promise<string>;
  /** Creates RRsets. */
  create(zoneId: string, ...sets: readonly Pick<MotoSet, 'name' | 'type' | 'values'>[]): Promise<void>;
  /** What a zone holds, in order of names, without SOA and NS of its apex. */
  sets(zoneId: string): Promise<readonly MotoSet[]>;
  stop(): Promise<void>;
}

const API = '2013-04-01';
const NAMESPACE = `https://route53.amazonaws.com/doc/${API}/`;
/** moto tells services apart by the scope that a request is signed for, and checks no signature. */
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=0';
/** More than any zone here holds: moto makes pages as large as it is told to. */
const ALL = 100_000;

/** Starts moto on a port of the loopback interface that it chooses itself. @param python the interpreter that has it */
export async function startMoto(python: string): Promise<MotoServer> {
  const child = startChild(python, ['-I', '-m', 'moto.server', '-H', '127.0.0.1', '-p', '0']);
  const endpoint = await eventually(
    'moto listens',
    () => {
      if (child.exited() !== undefined) throw new Error(`it ended (${child.exited()}): ${child.log()}`);
      return /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(child.log())?.[1];
    },
    { withinMs: 30_000 },
  ).catch(async (error: unknown) => {
    await child.stop('SIGKILL');
    throw error;
  });

  async function request(method: string, path: string, body?: string): Promise<string> {
    const headers = { authorization: AUTHORIZATION, 'content-type': 'application/xml' };
    const response = await fetch(`${endpoint}/${API}/${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`moto answers ${response.status} to ${method} ${path}: ${text}`);
    return text;
  }

  let references = 0;
  return {
    endpoint,
    async createZone(name, isPrivate = false) {
      const config = `<HostedZoneConfig><PrivateZone>${isPrivate}</PrivateZone></HostedZoneConfig>`;
      const inner = `<Name>${name}</Name><CallerReference>${references++}</CallerReference>${config}`;
      const text = await request('POST', 'hostedzone', inTag('CreateHostedZoneRequest', inner));
      const id = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(text)?.[1];
      if (id === undefined) throw new Error(`moto names no hosted zone: ${text}`);
      return id;
    },
    async create(zoneId, ...sets) {
      const changes = sets.map(({ name, type, values }) => {
        const records = values.map((value) => `<ResourceRecord><Value>${value}</Value></ResourceRecord>`).join('');
        const set = `<Name>${name}</Name><Type>${type}</Type><TTL>300</TTL><ResourceRecords>${records}</ResourceRecords>`;
        return `<Change><Action>CREATE</Action><ResourceRecordSet>${set}</ResourceRecordSet></Change>`;
      });
      const batch = `<ChangeBatch><Changes>${changes.join('')}</Changes></ChangeBatch>`;
      await request('POST', `hostedzone/${zoneId}/rrset`, inTag('ChangeResourceRecordSetsRequest', batch));
    },
    async sets(zoneId) {
      const text = await request('GET', `hostedzone/${zoneId}/rrset?maxitems=${ALL}`);
      const sets = [...text.matchAll(/<ResourceRecordSet>(.*?)<\/ResourceRecordSet>/gs)].map(([, set = '']) => readSet(set));
      return sets.filter(({ type }) => type !== 'SOA' && type !== 'NS');
    },
    stop: () => child.stop(),
  };
}

function inTag(tag: string, inner: string): string {
  return `<${tag} xmlns="${NAMESPACE}">${inner}</${tag}>`;
}

function readSet(text: string): MotoSet {
  const all = (tag: string): string[] =>
    [...text.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(([, inner = '']) => withoutEntities(inner));
  const [[name = ''], [type = ''], [ttl], [setIdentifier]] = [all('Name'), all('Type'), all('TTL'), all('SetIdentifier')];
  return { name, type, ttl: ttl === undefined ? undefined : Number(ttl), values: all('Value'), setIdentifier };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function withoutEntities(text: string): string {
  return text.replaceAll(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
