import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { printRdata, printRRType, isFailure, scanRdataText, scanRecord, scanRRType } from '@kubezone/core';

import { type Fault, FAULTS, type FaultRule } from './fault.ts';
import { HostedZone, RefusedBatch } from './hosted-zone.ts';
import type { RecordChange, RecordSet } from './record-set.ts';
import { labelsFrom, octalValue, ownerFrom, zoneFileValue } from './record-text.ts';
import { requestFault } from './request-fault.ts';
import { decodeElement, decodeText, encodeElement, ShapeError, type Value } from './shape-codec.ts';
import { type Operation, readServiceModel, type ServiceModel, shapeOf } from './service-model.ts';
import { encodeXml, parseXml } from './xml.ts';

export interface SimulatorOptions {
  readonly zones: readonly SimulatedZone[];
  /** Access key ids that are known. @default any */
  readonly accessKeys?: readonly string[];
  /** The most requests in any second, by the time that `now` tells in milliseconds. @default unlimited */
  readonly rate?: { readonly perSecond: number; readonly now: () => number };
  /** In which of its two documented forms `InvalidChangeBatch` is told. @default error-response */
  readonly refusals?: 'error-response' | 'invalid-change-batch';
}

export interface SimulatedZone {
  readonly id: string;
  /** `example.com.` */
  readonly name: string;
  readonly isPrivate?: boolean;
  readonly linkedService?: string;
}

/** A request that has been understood. */
export interface SeenRequest {
  readonly operation: string;
  readonly zoneId: string | undefined;
  /** Of a batch. */
  readonly changes: readonly RecordChange[];
}

/** An answer that is an error. */
class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';
const MAX_RECORDS_PER_PAGE = 300;
const MAX_ZONES_PER_PAGE = 100;

/** Answers AWS's SDK as Route 53 would, on a port of the loopback interface. Requests are checked against AWS's own model of its API. */
export class Route53Simulator {
  readonly #model: ServiceModel;
  readonly #options: SimulatorOptions;
  readonly #zones: ReadonlyMap<string, HostedZone>;
  readonly #server: Server;
  readonly #rules: { rule: FaultRule; left: number; skip: number }[] = [];
  readonly #busy = new Set<string>();
  readonly #times: number[] = [];
  /** Requests in order, from the start or since `forget`. */
  readonly seen: SeenRequest[] = [];

  private constructor(model: ServiceModel, options: SimulatorOptions) {
    this.#model = model;
    this.#options = options;
    this.#zones = new Map(
      options.zones.map(({ id, name, isPrivate = false, linkedService }) => [
        id,
        new HostedZone(id, name, isPrivate, linkedService),
      ]),
    );
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        // A fault of the simulator's own must not look like one of the vendor's.
        response.writeHead(418).end(String(error));
      });
    });
  }

  static async start(options: SimulatorOptions): Promise<Route53Simulator> {
    const simulator = new Route53Simulator(await readServiceModel(), options);
    simulator.#server.listen(0, '127.0.0.1');
    await once(simulator.#server, 'listening');
    return simulator;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** @throws {RangeError} where there is none */
  zone(id: string): HostedZone {
    const zone = this.#zones.get(id);
    if (zone === undefined) throw new RangeError(`the simulator has no zone ${id}`);
    return zone;
  }

  /** Lets something go wrong. Of several rules the first that applies strikes. */
  inject(rule: FaultRule): void {
    this.#rules.push({ rule, left: rule.times ?? 1, skip: rule.after ?? 0 });
  }

  /** Forgets the requests seen, and the faults that have not struck. */
  forget(): void {
    this.seen.length = 0;
    this.#rules.length = 0;
  }

  /** How many batches have been sent. */
  get batches(): number {
    return this.seen.filter(({ operation }) => operation === 'ChangeResourceRecordSets').length;
  }

  /** Empties a zone and puts records into it, from lines of a zone file. */
  seed(id: string, lines: readonly string[]): void {
    const zone = this.zone(id);
    zone.clear();
    const sets = new Map<string, RecordSet>();
    for (const line of lines) {
      const record = scanRecord(line);
      if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
      const key = `${record.owner} ${record.type}`;
      const values = sets.get(key)?.ResourceRecords ?? [];
      sets.set(key, {
        Name: octalValue(record.owner),
        Type: printRRType(record.type),
        TTL: record.ttl,
        ResourceRecords: [...values, { Value: octalValue(printRdata(record.type, record.rdata)) }],
      });
    }
    for (const set of sets.values()) zone.put(set);
  }

  /** What a zone holds, as lines of a zone file in order, without SOA and NS of the apex. */
  dump(id: string): readonly string[] {
    const zone = this.zone(id);
    return zone
      .sets()
      .filter(({ Name, Type }) => Name !== zone.name || (Type !== 'SOA' && Type !== 'NS'))
      .flatMap(linesOf)
      .sort();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      const { operation, parameters } = this.#route(request);
      this.#authenticate(request);
      const input = this.#input(operation, parameters, Buffer.concat(chunks).toString('utf8'));
      const zoneId = parameters.get('Id');
      const changes = (input.body?.['Changes'] ?? []) as unknown as readonly RecordChange[];
      this.seen.push({ operation: operation.name, zoneId, changes });
      const fault = this.#strike(operation.name);
      if (fault?.kind === 'hang-before') return;
      if (fault?.kind === 'reset-before') return void request.socket.resetAndDestroy();
      if (fault?.kind === 'error') throw new VendorError(fault.status, fault.code, fault.message, fault.headers);
      this.#limit();
      const body = await this.#answer(operation, input.query, zoneId, changes, fault);
      if (fault?.kind === 'hang-after') return;
      if (fault?.kind === 'reset-after') return void request.socket.resetAndDestroy();
      response.writeHead(200, { 'content-type': 'text/xml' }).end(body);
    } catch (error) {
      this.#refuse(error, response);
    }
  }

  #refuse(error: unknown, response: ServerResponse): void {
    const head = '<?xml version="1.0"?>\n';
    if (error instanceof RefusedBatch && this.#options.refusals === 'invalid-change-batch') {
      const messages = error.messages.map((message) => `<Message>${encodeXml(message)}</Message>`).join('');
      const body = `<InvalidChangeBatch xmlns="${NAMESPACE}"><Messages>${messages}</Messages></InvalidChangeBatch>`;
      response.writeHead(400, { 'content-type': 'text/xml' }).end(head + body);
      return;
    }
    const told =
      error instanceof VendorError
        ? error
        : error instanceof RefusedBatch
          ? new VendorError(400, 'InvalidChangeBatch', error.message)
          : error instanceof ShapeError || error instanceof SyntaxError
            ? new VendorError(400, 'InvalidInput', `Invalid XML ; ${error.message}`)
            : undefined;
    if (told === undefined) throw error;
    const { status, code, message, headers } = told;
    const inner = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${encodeXml(message)}</Message></Error><RequestId>simulated</RequestId>`;
    response
      .writeHead(status, { 'content-type': 'text/xml', ...headers })
      .end(`${head}<ErrorResponse xmlns="${NAMESPACE}">${inner}</ErrorResponse>`);
  }

  /** Which operation of the model a request is. */
  #route(request: IncomingMessage): { readonly operation: Operation; readonly parameters: ReadonlyMap<string, string> } {
    const url = new URL(request.url ?? '/', 'http://localhost');
    for (const name of ['ListHostedZones', 'ListResourceRecordSets', 'ChangeResourceRecordSets']) {
      const operation = this.#model.operations[name] as Operation;
      const path = new RegExp(`^${operation.http.requestUri.replace(/\/$/, '').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`);
      const found = operation.http.method === request.method ? path.exec(url.pathname) : null;
      if (found === null) continue;
      return { operation, parameters: new Map([...url.searchParams, ...Object.entries(found.groups ?? {})]) };
    }
    throw new VendorError(404, 'UnknownOperationException', `${request.method} ${url.pathname}`);
  }

  /** As far as a request shows by itself that it is signed with Signature Version 4. */
  #authenticate({ headers }: IncomingMessage): void {
    const authorization =
      /^AWS4-HMAC-SHA256 Credential=(?<key>\w+)\/\d{8}\/us-east-1\/route53\/aws4_request, SignedHeaders=[\w;-]*\bhost\b[\w;-]*, Signature=[0-9a-f]{64}$/;
    const key = authorization.exec(headers.authorization ?? '')?.groups?.['key'];
    if (key === undefined) throw new VendorError(403, 'MissingAuthenticationToken', 'Missing Authentication Token');
    if (this.#options.accessKeys?.includes(key) === false)
      throw new VendorError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
  }

  /** Reads parameters and body by the model. */
  #input(
    operation: Operation,
    parameters: ReadonlyMap<string, string>,
    text: string,
  ): { readonly query: ReadonlyMap<string, Value>; readonly body: Readonly<Record<string, Value | undefined>> | undefined } {
    const shape = shapeOf(this.#model, operation.input.shape);
    const members = Object.entries(shape.members ?? {});
    const query = new Map<string, Value>();
    for (const [name, value] of parameters) {
      const member = members.find(([, { location, locationName }]) => location !== undefined && locationName === name);
      if (member === undefined) throw new ShapeError(`unknown parameter ${name}`);
      query.set(member[0], decodeText(shapeOf(this.#model, member[1].shape), value, name));
    }
    const inBody = members.find(([, { location }]) => location === undefined);
    if (inBody === undefined) return { query, body: undefined };
    const element = parseXml(text);
    const { locationName, xmlNamespace } = operation.input;
    if (element.name !== locationName || element.xmlns !== xmlNamespace?.uri)
      throw new ShapeError(`expected ${locationName} of ${xmlNamespace?.uri}`);
    const decoded = decodeElement(this.#model, operation.input.shape, element, 'request') as Readonly<Record<string, Value>>;
    return { query, body: decoded[inBody[0]] as Readonly<Record<string, Value>> };
  }

  #strike(operation: string): Fault | undefined {
    const struck = this.#rules.find(({ rule, left }) => left > 0 && (rule.operation ?? operation) === operation);
    if (struck === undefined) return undefined;
    if (struck.skip > 0) {
      struck.skip--;
      return undefined;
    }
    struck.left--;
    return struck.rule.fault;
  }

  #limit(): void {
    const { rate } = this.#options;
    if (rate === undefined) return;
    const now = rate.now();
    while ((this.#times[0] ?? now) <= now - 1000) this.#times.shift();
    if (this.#times.length >= rate.perSecond)
      throw new VendorError(FAULTS.throttling.status, FAULTS.throttling.code, FAULTS.throttling.message);
    this.#times.push(now);
  }

  async #answer(
    operation: Operation,
    query: ReadonlyMap<string, Value>,
    zoneId: string | undefined,
    changes: readonly RecordChange[],
    fault: Fault | undefined,
  ): Promise<string> {
    if (operation.name === 'ListHostedZones') return this.#compose(operation, this.#listZones(query));
    const zone = this.#zones.get(zoneId ?? '');
    if (zone === undefined) throw new VendorError(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${zoneId}`);
    if (operation.name === 'ListResourceRecordSets') return this.#compose(operation, listSets(zone, query));
    if (this.#busy.has(zone.id)) throw new VendorError(400, FAULTS.priorRequest.code, FAULTS.priorRequest.message);
    this.#busy.add(zone.id);
    try {
      if (fault?.kind === 'hold') await fault.until;
      const wrong = changes.map(requestFault).find((one) => one !== undefined);
      if (wrong !== undefined) throw new VendorError(400, 'InvalidInput', wrong);
      zone.apply(changes);
    } finally {
      this.#busy.delete(zone.id);
    }
    const info = { Id: `/change/C${this.seen.length}`, Status: 'PENDING', SubmittedAt: '2026-01-01T00:00:00Z' };
    return this.#compose(operation, { ChangeInfo: info });
  }

  #listZones(query: ReadonlyMap<string, Value>): Value {
    const max = Math.min(Number(query.get('MaxItems') ?? MAX_ZONES_PER_PAGE), MAX_ZONES_PER_PAGE);
    const zones = [...this.#zones.values()];
    const marker = (query.get('Marker') ?? '') as string;
    const start = marker === '' ? 0 : zones.findIndex(({ id }) => id === marker);
    if (start < 0) throw new VendorError(400, 'InvalidInput', `The marker ${marker} is unknown`);
    const next = zones[start + max];
    return {
      HostedZones: zones.slice(start, start + max).map(({ id, name, isPrivate, linkedService }) => ({
        Id: `/hostedzone/${id}`,
        Name: name,
        CallerReference: id,
        Config: { PrivateZone: isPrivate },
        LinkedService: linkedService === undefined ? undefined : { ServicePrincipal: linkedService },
      })),
      Marker: marker,
      IsTruncated: next !== undefined,
      NextMarker: next?.id,
      MaxItems: String(max),
    };
  }

  #compose({ name, output }: Operation, value: Value): string {
    const document = encodeElement(this.#model, output?.shape ?? '', `${name}Response`, value);
    return `<?xml version="1.0"?>\n${document.replace(/^<\w+/, (tag) => `${tag} xmlns="${NAMESPACE}"`)}`;
  }
}

function listSets(zone: HostedZone, query: ReadonlyMap<string, Value>): Value {
  const max = Math.min(Number(query.get('MaxItems') ?? MAX_RECORDS_PER_PAGE), MAX_RECORDS_PER_PAGE);
  const [name, type, identifier] = ['StartRecordName', 'StartRecordType', 'StartRecordIdentifier'].map(
    (key) => query.get(key) as string | undefined,
  );
  if (type !== undefined && name === undefined) throw new VendorError(400, 'InvalidInput', 'type is given without name');
  const { page, next } = zone.list({ name, type, identifier }, max);
  return {
    ResourceRecordSets: page as unknown as readonly Value[],
    IsTruncated: next !== undefined,
    NextRecordName: next?.Name,
    NextRecordType: next?.Type,
    NextRecordIdentifier: next?.SetIdentifier,
    MaxItems: String(max),
  };
}

function linesOf({ Name, Type, TTL = 0, ResourceRecords = [], AliasTarget, SetIdentifier }: RecordSet): readonly string[] {
  const owner = ownerFrom(labelsFrom(Name) as readonly string[]);
  const set = SetIdentifier === undefined ? '' : ` ; ${SetIdentifier}`;
  if (AliasTarget !== undefined) return [`${owner} ${TTL} ${Type} ALIAS ${AliasTarget.DNSName}${set}`];
  const type = scanRRType(Type) ?? 0;
  return ResourceRecords.map(({ Value }) => {
    const rdata = scanRdataText(type, zoneFileValue(Value));
    return `${owner} ${TTL} ${Type} ${isFailure(rdata) ? Value : printRdata(type, rdata)}${set}`;
  });
}
