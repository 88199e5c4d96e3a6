import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One HTTP request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Its answer, whatever the status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** No answer came. */
export class SendError extends Error {
  override readonly name = 'SendError';
  /** Whether the server may have got the request, and done what it says. */
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

/** The longest answer that is taken, in octets: a thousand RRsets of the largest size have less. */
const MAX_ANSWER_OCTETS = 256 * 1024 * 1024;

const AGENT_OPTIONS = {
  keepAlive: true,
  maxSockets: 16,
  // An unused connection is closed before a gateway forgets it, which would swallow the next write and leave its outcome unknown.
  timeout: 60_000,
  proxyEnv: process.env,
};

/** Connections to one server, kept open between requests; a proxy is taken from the environment (`HTTPS_PROXY`, `NO_PROXY`). */
export class HttpConnections {
  readonly #http = new HttpAgent(AGENT_OPTIONS);
  readonly #https = new HttpsAgent(AGENT_OPTIONS);

  /**
   * Sends a request once. There are no retries here.
   *
   * @throws {SendError} where no whole answer came; its message names host and cause, and neither headers nor body
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { method, url, headers, body } = request;
    let sent = false;
    try {
      const plain = url.protocol === 'http:';
      const options = { method, headers: { ...headers, 'accept-encoding': 'gzip' }, signal };
      const outgoing = plain
        ? requestHttp(url, { ...options, agent: this.#http })
        : requestHttps(url, { ...options, agent: this.#https });
      outgoing.on('socket', (socket: Socket) => {
        // Before the connection stands, the server cannot have got anything.
        if (!socket.connecting) sent = true;
        else socket.once(plain ? 'connect' : 'secureConnect', () => void (sent = true));
      });
      return await exchange(outgoing, body);
    } catch (error) {
      const cause = signal.aborted ? abortCause(signal) : causeOf(error);
      throw new SendError(`${url.host}: ${cause}`, sent);
    }
  }
}

async function exchange(outgoing: ClientRequest, body: string | undefined): Promise<HttpAnswer> {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', resolve);
    outgoing.end(body);
  });
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > MAX_ANSWER_OCTETS) throw new Error(`the answer is longer than ${MAX_ANSWER_OCTETS} octets`);
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  const isZipped = incoming.headers['content-encoding'] === 'gzip';
  const text = (isZipped ? gunzipSync(whole, { maxOutputLength: MAX_ANSWER_OCTETS }) : whole).toString('utf8');
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: text };
}

function abortCause(signal: AbortSignal): string {
  return fieldOf(signal.reason, 'message') ?? 'the request was given up';
}

function causeOf(error: unknown): string {
  const [code, message = 'no answer'] = [fieldOf(error, 'code'), fieldOf(error, 'message')];
  return code === undefined || message.includes(code) ? message : `${code} (${message})`;
}

function fieldOf(error: unknown, field: 'code' | 'message'): string | undefined {
  const value = typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
