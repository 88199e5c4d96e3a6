import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nameOf, type ObservedRRset, type ParsedMessage, type Provider, RCODE } from '@kubezone/core';

import { linesOf } from '../testing/provided-text.ts';
import { replyTo, ScriptedServer } from '../testing/rfc2136-servers/scripted-server.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { systemClock } from '../testing/system-clock.ts';
import { createRfc2136Provider } from './rfc2136-provider.ts';

const SOA = 'example.com. 3600 SOA ns1.example.net. hostmaster.example.net. 7 900 300 86400 60';
const NEXT_SOA = 'example.com. 3600 SOA ns1.example.net. hostmaster.example.net. 8 900 300 86400 60';
const A = 'a.example.com. 300 A 192.0.2.1';
const B = 'b.example.com. 300 A 192.0.2.2';

describe('the transfer of a zone', () => {
  let server: ScriptedServer;
  let provider: Provider;
  beforeAll(async () => {
    server = await ScriptedServer.open();
    const options = { servers: [server.address], zones: ['example.com'], replyTimeoutMs: 200 };
    provider = createRfc2136Provider(options, { clock: systemClock(), logger: silentLogger });
  });
  afterAll(async () => {
    await server.close();
  });

  const list = async (...messages: readonly (readonly string[])[]): Promise<string[]> => {
    server.script = (request) => ({ messages: messages.map((lines) => replyTo(request, {}, ...lines)), close: true });
    const all: ObservedRRset[] = [];
    for await (const page of provider.list({ apex: nameOf('example.com'), id: 'example.com.' }, new AbortController().signal))
      all.push(...page);
    return linesOf(all);
  };

  it.each([
    ['one message', [[SOA, A, B, SOA]]],
    ['a message for each record', [[SOA], [A], [B], [SOA]]],
    [
      'records of one RRset that do not stand together',
      [
        [SOA, A],
        [B, A, SOA],
      ],
    ],
  ])('is whole in %s', async (_, messages) => {
    expect(await list(...messages)).toEqual([A, B, SOA]);
  });

  it('gives an RRset whose TTLs differ the lowest, and leaves out what signing has made', async () => {
    const signed = 'a.example.com. 300 NSEC b.example.com. A RRSIG NSEC';
    expect(await list([SOA, A, 'a.example.com. 60 A 192.0.2.9', signed, SOA])).toEqual([
      'a.example.com. 60 A 192.0.2.1',
      'a.example.com. 60 A 192.0.2.9',
      SOA,
    ]);
  });

  it.each([
    ['the connection is closed before it ends', [[SOA, A]], 'PROVIDER_UNAVAILABLE', /closed the connection/],
    ['nothing comes', [], 'PROVIDER_UNAVAILABLE', /closed the connection/],
    ['it is empty', [[]], 'PROVIDER_BAD_RESPONSE', /first message is empty/],
    ['it does not begin with the SOA', [[A, SOA]], 'PROVIDER_BAD_RESPONSE', /does not begin with its SOA/],
    ['it ends with another SOA', [[SOA, A, NEXT_SOA]], 'PROVIDER_BAD_RESPONSE', /another SOA/],
    ['records stand after its end', [[SOA, A, SOA, B]], 'PROVIDER_BAD_RESPONSE', /after the SOA that ends it/],
    [
      'a record lies outside the zone',
      [[SOA, 'xexample.com. 300 A 192.0.2.1', SOA]],
      'PROVIDER_BAD_RESPONSE',
      /xexample\.com\. lies outside/,
    ],
  ])('is an error where %s', async (_, messages, code, message) => {
    await expect(list(...messages)).rejects.toMatchObject({
      name: 'ProviderError',
      code,
      message: expect.stringMatching(message) as unknown,
    });
  });

  it.each([
    [RCODE.REFUSED, 'PROVIDER_FORBIDDEN', /REFUSED: allow zone transfers/],
    [RCODE.NOTAUTH, 'PROVIDER_FORBIDDEN', /NOTAUTH/],
    [RCODE.NXDOMAIN, 'PROVIDER_ZONE_UNKNOWN', /NXDOMAIN/],
    [RCODE.SERVFAIL, 'PROVIDER_UNAVAILABLE', /SERVFAIL/],
    [RCODE.FORMERR, 'PROVIDER_BAD_RESPONSE', /FORMERR/],
  ])('is an error where the server says %d', async (rcode, code, message) => {
    const reply = (request: ParsedMessage) => ({ messages: [replyTo(request, { rcode })] });
    const listing = list();
    server.script = reply;
    await expect(listing).rejects.toMatchObject({ code, message: expect.stringMatching(message) as unknown });
  });

  it('is an error where a message is truncated, or nothing more comes', async () => {
    const listing = list();
    server.script = (request) => ({ messages: [replyTo(request, { truncated: true }, SOA, A)] });
    await expect(listing).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
    const waiting = list();
    server.script = (request) => ({ messages: [replyTo(request, {}, SOA, A)] });
    await expect(waiting).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: expect.stringContaining('within 200 ms') as unknown,
    });
  });
});
