/**
 * A server that speaks as much of Cloudflare's API as is used to publish: zones, records, batches. It checks every request by the types of the vendor's SDK, and holds
 * records by the rules that the vendor documents.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { isFailure, printRRType, scanRecord } from '@kubezone/core';

import { API_ERRORS, ApiError } from './api-error.ts';
import type { Fault, PlannedFault, SeenRequest } from './fault.ts';
import { composeForm } from './record-form.ts';
import { SdkTypes } from './sdk-types.ts';
import { linesOfZone, recordJson, SimulatedZone } from './simulated-zone.ts';

export interface SimulatorOptions {
  readonly token?: string;
  readonly email?: string;
  readonly apiKey?: string;
  /** The most records that it puts on a page, whatever is asked for. @default 5000 */
  readonly maxPerPage?: number;
  /** Requests in a window, and its length. @default 1200 in 5 minutes */
  readonly rate?: { readonly requests: number; readonly windowMs: number };
}

const BASE = '/client/v4';
const TYPES = new SdkTypes();

/** Runs on loopback until it is closed. */
export class CloudflareSimulator {
  readonly zones = new Map<string, SimulatedZone>();
  /** Every request that it has been sent, in order, those that failed too. */
  readonly requests: SeenRequest[] = [];
  readonly #options: SimulatorOptions;
  readonly #server: Server;
  readonly #faults: PlannedFault[] = [];
  readonly #times: number[] = [];

  private constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(options: SimulatorOptions = {}): Promise<CloudflareSimulator> {
    const simulator = new CloudflareSimulator(options);
    await new Promise<void>((resolve) => simulator.#server.listen(0, '127.0.0.1', resolve));
    return simulator;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${BASE}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  addZone(name: string, options?: ConstructorParameters<typeof SimulatedZone>[1]): SimulatedZone {
    const zone = new SimulatedZone(name, options);
    this.zones.set(zone.id, zone);
    return zone;
  }

  /** Puts records of a zone file into a zone, beside what is there. */
  seed(zone: SimulatedZone, lines: readonly string[]): void {
    for (const line of lines) {
      const record = scanRecord(line);
      if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
      const type = printRRType(record.type);
      zone.post({ name: record.owner.slice(0, -1), type, ttl: record.ttl, ...composeForm(type, record.rdata) });
    }
  }

  /** What a zone holds, as lines of a zone file in order. */
  dump(zone: SimulatedZone): string[] {
    return linesOfZone(zone);
  }

  /** Lets something go wrong with the next requests that match, by default with the next one. */
  inject(fault: Fault, on: PlannedFault['on'] = () => true, times = 1): void {
    this.#faults.push({ fault, on, times });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://simulator');
    const payload = await text(request);
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: pathname.slice(BASE.length),
      query: Object.fromEntries(searchParams),
      body: payload === '' ? undefined : (JSON.parse(payload) as unknown),
    };
    this.requests.push(seen);
    const fault = this.#faultOf(seen);
    if (fault?.kind === 'before') fault.run(this);
    if (fault?.kind === 'answer') {
      for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
      send(response, fault.status, fault.body);
      return;
    }
    if ((fault?.kind === 'reset' || fault?.kind === 'silence') && !fault.done) {
      if (fault.kind === 'reset') request.socket.resetAndDestroy();
      return;
    }
    const { status, body } = this.#answer(request, seen, response);
    if (fault?.kind === 'silence') return;
    if (fault?.kind === 'reset') request.socket.resetAndDestroy();
    else if (fault?.kind === 'done-but') send(response, fault.status, fault.body);
    else if (fault?.kind === 'cut') {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': '100000' });
      response.write(JSON.stringify(body).slice(0, 20), () => request.socket.destroy());
    } else send(response, status, body);
  }

  #faultOf(request: SeenRequest): Fault | undefined {
    const planned = this.#faults.find(({ on, times }) => times > 0 && on(request));
    if (planned !== undefined) planned.times--;
    return planned?.fault;
  }

  #answer(
    request: IncomingMessage,
    seen: SeenRequest,
    response: ServerResponse,
  ): { readonly status: number; readonly body: unknown } {
    try {
      this.#limit(response);
      this.#authenticate(request);
      return { status: 200, body: { success: true, errors: [], messages: [], ...this.#route(seen) } };
    } catch (error) {
      const { status, code, message, chain } = error instanceof ApiError ? error : new ApiError(500, 10_013, String(error));
      const errors = [{ code, message, ...(chain.length > 0 ? { error_chain: chain } : {}) }];
      return { status, body: { result: null, success: false, errors, messages: [] } };
    }
  }

  #limit(response: ServerResponse): void {
    const { requests, windowMs } = this.#options.rate ?? { requests: 1200, windowMs: 300_000 };
    const now = Date.now();
    const first = this.#times.at(-requests);
    if (first !== undefined && now - first < windowMs) {
      response.setHeader('retry-after', String(Math.ceil((windowMs - (now - first)) / 1000)));
      throw API_ERRORS.tooMany();
    }
    this.#times.push(now);
  }

  #authenticate({ headers }: IncomingMessage): void {
    const { token, email, apiKey } = this.#options;
    const { authorization, 'x-auth-email': givenEmail, 'x-auth-key': givenKey } = headers;
    if (authorization === undefined && givenKey === undefined) throw API_ERRORS.noHeaders();
    const byToken = token !== undefined && authorization === `Bearer ${token}` && givenKey === undefined;
    const byKey = apiKey !== undefined && givenKey === apiKey && givenEmail === email && authorization === undefined;
    if (!byToken && !byKey) throw API_ERRORS.authentication();
  }

  #route({ method, path, query, body }: SeenRequest): Record<string, unknown> {
    const [, root, zoneId, rest, ...more] = path.split('/').map(decodeURIComponent);
    if (root !== 'zones' || (rest !== undefined && rest !== 'dns_records')) throw API_ERRORS.noRoute(BASE + path);
    if (zoneId === undefined && method === 'GET') return this.#listZones(query);
    if (!/^[0-9a-f]{32}$/.test(zoneId ?? '')) throw API_ERRORS.noRoute(BASE + path);
    const zone = this.zones.get(zoneId ?? '');
    if (zone === undefined) throw API_ERRORS.noZone();
    if (rest === undefined && method === 'GET') return { result: zoneJson(zone) };
    if (more.length === 0 && method === 'GET') return this.#listRecords(zone, query);
    if (more.join('/') === 'batch' && method === 'POST') {
      check('RecordBatchParams', 'Body param', body);
      const answer = zone.batch(body as Parameters<SimulatedZone['batch']>[0]);
      return {
        result: Object.fromEntries(Object.entries(answer).map(([key, some]) => [key, some.map((one) => recordJson(one, true))])),
      };
    }
    throw API_ERRORS.noRoute(BASE + path);
  }

  #listZones({ page = '1', per_page: perPage = '20' }: SeenRequest['query']): Record<string, unknown> {
    if (Number(perPage) > 50) throw new ApiError(400, 1004, 'per_page must be at most 50');
    return paged([...this.zones.values()].map(zoneJson), Number(page), Number(perPage));
  }

  #listRecords(zone: SimulatedZone, query: SeenRequest['query']): Record<string, unknown> {
    const { page = '1', per_page: perPage = '100', 'name.exact': name, order = 'name', direction = 'asc', ...others } = query;
    check('RecordListParams', 'Query param', nested(query));
    if (Object.keys(others).length > 0 || order !== 'name' || direction !== 'asc') {
      throw new ApiError(501, 10_013, `the simulator has no ${Object.keys(others).join()}, ${order}, ${direction}`);
    }
    const records = zone.records.filter((record) => name === undefined || record.name === name.toLowerCase());
    const size = Math.min(Number(perPage), this.#options.maxPerPage ?? 5000);
    return paged(
      records.map((record) => recordJson(record)),
      Number(page),
      size,
    );
  }
}

function check(name: string, place: string, value: unknown): void {
  const faults = TYPES.faults(name, place, value);
  if (faults.length > 0) throw new ApiError(400, 9207, `Request is invalid: ${faults.join('; ')}`);
}

function paged(all: readonly unknown[], page: number, perPage: number): Record<string, unknown> {
  const result = all.slice((page - 1) * perPage, page * perPage);
  const info = {
    page,
    per_page: perPage,
    count: result.length,
    total_count: all.length,
    total_pages: Math.ceil(all.length / perPage),
  };
  return { result, result_info: info };
}

/** `name.exact=x` as an object, numbers as such. */
function nested(query: SeenRequest['query']): unknown {
  const value: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(query)) {
    const [outer = '', inner] = key.split('.');
    const scalar = outer === 'page' || outer === 'per_page' ? Number(given) : given;
    value[outer] = inner === undefined ? scalar : { ...(value[outer] as object | undefined), [inner]: given };
  }
  return value;
}

function zoneJson({ id, name, plan, type }: SimulatedZone): unknown {
  return {
    id,
    name,
    type,
    status: 'active',
    paused: false,
    plan: { id: 'plan', name: plan, legacy_id: plan },
    account: { id: 'account', name: 'account' },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body));
}
