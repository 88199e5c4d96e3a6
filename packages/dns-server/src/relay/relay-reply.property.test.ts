/** Whatever octets a server sends, they cost the one query at most, and what is passed on is well-formed and within the client's limit. */
import { describe, expect, it } from '@jest/globals';
import { isFailure, MAX_MESSAGE_OCTETS, MessageWriter, nameOf, parseMessage, TYPE } from '@kubezone/core';
import * as fc from 'fast-check';

import { respondWith } from '../answer/answer.ts';
import { composeQuery, parseResponse } from '../testing/ask.ts';
import { readReply, type SentQuery } from './read-reply.ts';
import { composeRelayQuery, keyOf, type RelayQuestion, relayQuestionOf } from './relay-question.ts';
import { relayedSolution } from './relayed-solution.ts';
import { composeScripted } from './testing/scripted-upstream.ts';

const QUESTION: RelayQuestion = {
  name: nameOf('a.example.com'),
  type: TYPE.A,
  recursionDesired: false,
  checkingDisabled: false,
  dnssecOk: true,
};
const SENT: SentQuery = { id: 1, question: QUESTION, transport: 'udp', hasEdns: true };
const CONTEXT = {
  udpPayloadSize: 1232,
  cookieSecrets: [],
  tcpIdleTimeoutMs: 1000,
  nowSeconds: () => 0,
  random: () => 0,
  writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
};
const RESPONSE = composeScripted(parseResponse(composeRelayQuery(QUESTION, SENT.id, undefined)), {
  answer: [
    'a.example.com. 5 IN CNAME b.example.net.',
    'b.example.net. 6 IN A 192.0.2.1',
    'b.example.net. 6 IN A 192.0.2.2',
    'b.example.net. 7 IN MX 10 mail.b.example.net.',
    `t.example.net. 7 IN TXT "${'x'.repeat(250)}"`,
  ],
  authority: ['example.net. 6 IN NS ns.example.net.', 'example.net. 6 IN SOA ns.example.net. b.example.net. 1 2 3 4 5'],
});

describe('a response that is relayed', () => {
  it('is read without an exception, whatever its octets, and is well-formed when it is passed on', () => {
    const mutation = fc.tuple(fc.nat(RESPONSE.length - 1), fc.integer({ min: 0, max: 255 }));
    let passedOn = 0;
    fc.assert(
      fc.property(
        fc.array(mutation, { maxLength: 6 }),
        fc.nat(40),
        fc.constantFrom('udp', 'tcp'),
        (mutations, cut, transport) => {
          const octets = RESPONSE.slice(0, RESPONSE.length - (cut < 35 ? 0 : cut));
          // The id and the question are right, or nothing else is looked at.
          for (const [at, octet] of mutations) if (at > 30 && at < octets.length) octets[at] = octet;
          const reply = readReply(octets, SENT);
          if (reply.kind !== 'answer') return;
          passedOn++;
          const request = composeQuery('a.example.com. A', { edns: { udpPayloadSize: 512 } });
          const response = respondWith(
            request,
            relayedSolution(reply.message, QUESTION),
            { transport, address: '192.0.2.9' },
            CONTEXT,
          );
          expect(response?.octets.length ?? 0).toBeLessThanOrEqual(transport === 'udp' ? 512 : MAX_MESSAGE_OCTETS);
          expect(isFailure(parseMessage(response?.octets ?? new Uint8Array()))).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
    expect(passedOn).toBeGreaterThan(100);
  });

  it('keeps all records, their order and their TTLs', () => {
    const reply = readReply(RESPONSE, SENT);
    if (reply.kind !== 'answer') throw new Error(reply.kind);
    const request = composeQuery('a.example.com. A');
    const client = { transport: 'tcp', address: '192.0.2.9' } as const;
    const octets = respondWith(request, relayedSolution(reply.message, QUESTION), client, CONTEXT)?.octets;
    const passed = parseResponse(octets ?? new Uint8Array());
    expect(passed.answers).toEqual(reply.message.answers);
    expect(passed.authorities).toEqual(reply.message.authorities);
  });
});

describe('a question', () => {
  const text = fc.tuple(
    fc.constantFrom('a.example.com.', 'A.example.COM.', 'b.example.com.'),
    fc.constantFrom('A', 'AAAA', 'TYPE65400'),
    fc.constantFrom('', 'rd', 'cd', 'rd cd', 'ad'),
    fc.constantFrom(undefined, { dnssecOk: true }, { dnssecOk: false, udpPayloadSize: 4096 }),
  );

  it('has the key of another one exactly where the same would be asked', () => {
    fc.assert(
      fc.property(text, text, (...both) => {
        const [one, other] = both.map(([name, type, flags, edns]) =>
          relayQuestionOf(composeQuery(`${name} ${type}`, { flags, ...(edns && { edns }) })),
        );
        if (one === undefined || other === undefined) throw new Error('no question');
        const asked = [one, other].map((each) =>
          Buffer.from(composeRelayQuery(each, 7, { code: 65_053, data: new Uint8Array() })),
        );
        expect(keyOf(one) === keyOf(other)).toBe(asked[0]?.equals(asked[1] ?? Buffer.alloc(0)));
      }),
    );
  });

  it('is not found where there is none that could be relayed', () => {
    expect(relayQuestionOf(new Uint8Array(3))).toBeUndefined();
    expect(relayQuestionOf(composeQuery(''))).toBeUndefined();
    expect(relayQuestionOf(composeQuery('a.example.com. CH TXT'))).toBeUndefined();
  });
});
