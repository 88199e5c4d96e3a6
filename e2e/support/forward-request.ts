import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as sendRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A server's whole answer. */
export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Passes a request on as it is, in plain HTTP, and waits for the whole answer. Rejects where none comes. */
export async function forwardRequest(
  { method, url = '/', headers }: IncomingMessage,
  body: Buffer,
  target: URL,
): Promise<ForwardedAnswer> {
  // A connection of its own: one that the server has closed meanwhile would look like a fault of its.
  const onward = sendRequest(new URL(url, target), { method, headers, agent: false }).end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
}
