import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

import {
  isFailure,
  nameOf,
  type OwnerName,
  printRdata,
  printRRType,
  scanRdataText,
  scanRecord,
  scanRRType,
} from '@kubezone/core';

import { ApiError, apiError } from './api-error.ts';
import { checkSchema } from './check-schema.ts';
import { type DiscoveryDocument, readDiscoveryDocument } from './discovery-document.ts';
import type { FaultRule, InjectedFault } from './injected-fault.ts';
import { routeRequest, type RoutedRequest } from './route-request.ts';
import { TokenServer } from './token-server.ts';
import { changeRRsets, keyOf, type Naming, type Quota, type RRsets, type StoredRRset } from './zone-rrsets.ts';

/** A managed zone, as the API shows it but for what the server defines. */
export interface SimulatedZone {
  readonly name: string;
  readonly dnsName: string;
  /** Fields such as `visibility` and `peeringConfig`. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface GoogleSimulatorOptions {
  /** @default test-project */
  readonly project?: string;
  readonly zones: readonly SimulatedZone[];
  /** @default those of new projects */
  readonly quota?: Partial<Quota>;
  /** Entries on a page where a request asks for no number. @default 100 */
  readonly pageSize?: number;
  /** @default index */
  readonly naming?: Naming;
  /** Requests that are answered in a minute; more are refused. @default all */
  readonly requestsPerMinute?: number;
}

/** A request that came, faulty ones too. */
export interface SeenRequest {
  /** `GET /dns/v1/projects/…?name=…`. */
  readonly line: string;
  readonly body: string;
}

interface ZoneState {
  readonly zone: SimulatedZone;
  readonly apex: OwnerName;
  rrsets: RRsets;
  changes: number;
}

const QUOTA: Quota = {
  rrsetAdditionsPerChange: 1000,
  rrsetDeletionsPerChange: 1000,
  totalRrdataSizePerChange: 100_000,
  resourceRecordsPerRrset: 100,
  rrsetsPerManagedZone: 10_000,
};

/**
 * Cloud DNS v1 on a loopback port, so that Google's own SDK can be used against it.
 *
 * Requests are checked against Google's discovery document, answers too; changes behave as the vendor documents, with the texts of its errors. Access tokens are
 * issued and asked for.
 */
export class GoogleSimulator {
  readonly #document: DiscoveryDocument;
  readonly #options: GoogleSimulatorOptions;
  readonly #project: string;
  readonly #zones: ReadonlyMap<string, ZoneState>;
  readonly #tokens = new TokenServer();
  readonly #server: Server;
  readonly #rules: { readonly rule: FaultRule; spared: number }[] = [];
  readonly #seen: SeenRequest[] = [];
  #quota: Quota;
  #minute = 0;
  #inMinute = 0;

  /** Starts one. @throws {Error} where the discovery document cannot be had */
  static async start(options: GoogleSimulatorOptions): Promise<GoogleSimulator> {
    const simulator = new GoogleSimulator(options, await readDiscoveryDocument());
    simulator.#server.listen(0, '127.0.0.1');
    await once(simulator.#server, 'listening');
    return simulator;
  }

  private constructor(options: GoogleSimulatorOptions, document: DiscoveryDocument) {
    this.#document = document;
    this.#options = options;
    this.#project = options.project ?? 'test-project';
    this.#quota = { ...QUOTA, ...options.quota };
    this.#zones = new Map(options.zones.map((zone) => [zone.name, newZone(zone)]));
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** For `apiEndpoint`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Everything that may be in no log and no error. */
  get secrets(): readonly string[] {
    return this.#tokens.secrets;
  }

  /** Every request to the API so far; those for tokens are not among them. */
  get requests(): readonly SeenRequest[] {
    return this.#seen;
  }

  /** Writes credentials for `credentialsFile`, and returns their path. */
  async writeCredentials(): Promise<string> {
    return await this.#tokens.writeCredentials(this.url);
  }

  /** Makes all access tokens void. */
  revokeTokens(): void {
    this.#tokens.revoke();
  }

  forgetRequests(): void {
    this.#seen.length = 0;
  }

  setQuota(quota: Partial<Quota>): void {
    this.#quota = { ...this.#quota, ...quota };
  }

  /** Lets something go wrong with a request that is to come. Rules are tried in order, each is used once. */
  inject(...rules: readonly FaultRule[]): void {
    for (const rule of rules) this.#rules.push({ rule, spared: rule.after ?? 0 });
  }

  /** Empties a zone but for SOA and NS, and puts records into it: lines of a zone file. */
  seed(zone: string, lines: readonly string[]): void {
    const state = this.#stateOf(zone);
    state.rrsets = newZone(state.zone).rrsets;
    const rrsets = new Map<string, StoredRRset>();
    for (const line of lines) {
      const record = scanRecord(line);
      if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
      const { owner, type, ttl, rdata } = record;
      const key = `${owner} ${printRRType(type)}`;
      const rrdatas = [...(rrsets.get(key)?.rrdatas ?? []), printRdata(type, rdata)];
      rrsets.set(key, { name: owner, type: printRRType(type), ttl, rrdatas });
    }
    if (rrsets.size === 0) return;
    const change = { additions: [...rrsets.values()] };
    const boundless = Object.fromEntries(Object.keys(QUOTA).map((key) => [key, Infinity])) as unknown as Quota;
    state.rrsets = changeRRsets(state.rrsets, state.apex, change, boundless, 'index');
  }

  /** Puts an RRset into a zone as it stands, such as one with a routing policy. */
  put(zone: string, rrset: StoredRRset): void {
    const state = this.#stateOf(zone);
    state.rrsets = new Map(state.rrsets).set(keyOf(rrset), rrset);
  }

  /** The RRset that a zone holds. */
  get(zone: string, name: string, type: string): StoredRRset | undefined {
    return this.#stateOf(zone).rrsets.get(keyOf({ name, type }));
  }

  /** What a zone holds but for SOA and NS of its apex: lines of a zone file in order. */
  dump(zone: string): readonly string[] {
    const { rrsets, apex } = this.#stateOf(zone);
    return [...rrsets.values()]
      .filter(({ name, type }) => name !== apex || (type !== 'SOA' && type !== 'NS'))
      .flatMap(({ name, type, ttl, rrdatas }) => rrdatas.map((text) => `${name} ${ttl} ${type} ${canonicalText(type, text)}`))
      .sort();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#tokens.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const body = await textOf(request).catch(() => undefined);
    if (body === undefined) return;
    if (url.pathname === '/token') {
      const token = this.#tokens.exchange(new URLSearchParams(body));
      answer(request, response, token === undefined ? 400 : 200, token ?? { error: 'invalid_grant' });
      return;
    }
    const line = `${request.method} ${request.url}`;
    this.#seen.push({ line, body });
    const fault = this.#nextFault(line);
    const isDone = fault === undefined || (fault.kind !== 'error' && fault.applied);
    try {
      const result = isDone ? this.#handle(request, url, body) : undefined;
      switch (fault?.kind) {
        case undefined:
          answer(request, response, 200, result);
          break;
        case 'error':
          throw new ApiError(fault.status, [{ reason: fault.reason, message: fault.message ?? fault.reason }], fault.headers);
        case 'reset':
          request.socket.resetAndDestroy();
          break;
        case 'page':
          response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<html><body>Please log in</body></html>');
          break;
        case 'silence':
          break;
      }
    } catch (error) {
      const failure = error instanceof ApiError ? error : apiError(500, 'internalError', String(error));
      answer(request, response, failure.status, failure.body, failure.headers);
    }
  }

  #nextFault(line: string): InjectedFault | undefined {
    const index = this.#rules.findIndex((one) => one.rule.on.test(line) && one.spared-- === 0);
    return index < 0 ? undefined : this.#rules.splice(index, 1)[0]?.rule.fault;
  }

  #handle(request: IncomingMessage, url: URL, body: string): unknown {
    this.#tokens.check(request.headers.authorization);
    this.#count();
    const routed = routeRequest(this.#document, request.method ?? '', url, body);
    const result = this.#perform(routed);
    const { response } = routed.method;
    const faults = response === undefined ? [] : checkSchema(this.#document, response, result, response.$ref);
    if (faults.length > 0) throw new Error(`the simulator answers what the API does not: ${faults.join('; ')}`);
    return result;
  }

  #count(): void {
    const minute = Math.floor(Date.now() / 60_000);
    if (minute !== this.#minute) [this.#minute, this.#inMinute] = [minute, 0];
    if (++this.#inMinute > (this.#options.requestsPerMinute ?? Infinity))
      throw apiError(429, 'rateLimitExceeded', 'Resource has been exhausted (e.g. check quota).');
  }

  #perform({ method, parameters, body }: RoutedRequest): unknown {
    const { project, managedZone = '' } = parameters;
    if (project !== this.#project) throw notFound('parameters.project', project);
    switch (method.id) {
      case 'dns.projects.get':
        return { kind: 'dns#project', number: '1', id: project, quota: { kind: 'dns#quota', ...this.#quota } };
      case 'dns.managedZones.list': {
        const zones = [...this.#zones.values()].map(({ zone, apex }, index) => {
          const common = { kind: 'dns#managedZone', id: String(index + 1), creationTime: '2026-01-01T00:00:00.000Z' };
          return { ...common, name: zone.name, dnsName: apex, description: '', visibility: 'public', ...zone.fields };
        });
        const wanted = zones.filter(({ dnsName }) => dnsName === (parameters['dnsName'] ?? dnsName));
        return { kind: 'dns#managedZonesListResponse', ...this.#page('managedZones', wanted, parameters) };
      }
      case 'dns.resourceRecordSets.list': {
        const state = this.#zones.get(managedZone) ?? raise(notFound('parameters.managedZone', managedZone));
        const { name, type } = parameters;
        if (type !== undefined && name === undefined)
          throw apiError(400, 'required', "The 'parameters.name' parameter is required but was missing.");
        const wanted = [...state.rrsets.values()]
          .filter((rrset) => rrset.name === (name?.toLowerCase() ?? rrset.name) && rrset.type === (type ?? rrset.type))
          .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
          .map((rrset) => ({ kind: 'dns#resourceRecordSet', signatureRrdatas: [], ...rrset }));
        return { kind: 'dns#resourceRecordSetsListResponse', ...this.#page('rrsets', wanted, parameters) };
      }
      case 'dns.changes.create': {
        const state = this.#zones.get(managedZone) ?? raise(notFound('parameters.managedZone', managedZone));
        const naming = this.#options.naming ?? 'index';
        state.rrsets = changeRRsets(state.rrsets, state.apex, body as Parameters<typeof changeRRsets>[2], this.#quota, naming);
        const id = String(++state.changes);
        return { kind: 'dns#change', ...(body as object), startTime: '2026-01-01T00:00:00.000Z', id, status: 'pending' };
      }
      default:
        throw apiError(501, 'notImplemented', `the simulator does not know ${method.id}`);
    }
  }

  #page(field: string, items: readonly unknown[], { pageToken, maxResults }: Readonly<Record<string, string>>): object {
    const start = pageToken === undefined ? 0 : Number(/^page-(\d+)$/.exec(pageToken)?.[1] ?? Number.NaN);
    if (Number.isNaN(start) || start >= Math.max(items.length, 1))
      throw apiError(400, 'invalid', `Invalid value for 'parameters.pageToken': '${pageToken}'`);
    const end = start + Number(maxResults ?? this.#options.pageSize ?? 100);
    return { [field]: items.slice(start, end), ...(end < items.length ? { nextPageToken: `page-${end}` } : {}) };
  }

  #stateOf(zone: string): ZoneState {
    return this.#zones.get(zone) ?? raise(new RangeError(`no zone ${zone}`));
  }
}

function newZone(zone: SimulatedZone): ZoneState {
  const apex = nameOf(zone.dnsName);
  const soa = `ns-cloud-a1.googledomains.com. cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300`;
  const apexRRsets: readonly StoredRRset[] = [
    { name: apex, type: 'NS', ttl: 21_600, rrdatas: ['ns-cloud-a1.googledomains.com.', 'ns-cloud-a2.googledomains.com.'] },
    { name: apex, type: 'SOA', ttl: 21_600, rrdatas: [soa] },
  ];
  return { zone, apex, rrsets: new Map(apexRRsets.map((rrset) => [keyOf(rrset), rrset])), changes: 0 };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  // As Google does for who accepts it and says so in its User-Agent.
  const zipped = `${request.headers['accept-encoding']}`.includes('gzip') && text.length > 1000;
  const encoding = zipped ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...encoding, ...headers });
  response.end(zipped ? gzipSync(text) : text);
}

function notFound(parameter: string, value: string | undefined): ApiError {
  return apiError(404, 'notFound', `The '${parameter}' resource named '${value}' does not exist.`);
}

function canonicalText(type: string, text: string): string {
  const number = scanRRType(type);
  const rdata = number === undefined ? undefined : scanRdataText(number, text);
  return number === undefined || rdata === undefined || isFailure(rdata) ? text : printRdata(number, rdata);
}

function raise(error: Error): never {
  throw error;
}
