import { describe, expect, it } from '@jest/globals';
import { type Message, nameOf, RCODE, TYPE } from '@kubezone/core';

import { readReply, type Reply, type SentQuery } from './read-reply.ts';
import { composeRelayQuery, type RelayQuestion } from './relay-question.ts';
import { markOption } from './relay-mark.ts';
import { composeScripted, type Script } from './testing/scripted-upstream.ts';
import { parseResponse } from '../testing/ask.ts';

const QUESTION: RelayQuestion = {
  name: nameOf('a.example.com'),
  type: TYPE.A,
  recursionDesired: true,
  checkingDisabled: false,
  dnssecOk: false,
};
const SENT: SentQuery = { id: 0x1234, question: QUESTION, transport: 'udp', hasEdns: true };
const query = parseResponse(composeRelayQuery(QUESTION, SENT.id, markOption(new Uint8Array(16))));
const ANSWER = ['a.example.com. 1 IN A 192.0.2.1'];

/** What a server's response is read as. */
function read(script: Script, changes: Partial<Message> = {}, sent: Partial<SentQuery> = {}): Reply {
  return readReply(composeScripted({ ...query, ...changes }, script), { ...SENT, ...sent });
}

describe('a reply from another server', () => {
  it.each<[string, Reply['kind'], Script]>([
    ['with data is an answer', 'answer', { answer: ANSWER }],
    ['without data is an answer', 'answer', {}],
    ['that the name does not exist is an answer', 'answer', { rcode: RCODE.NXDOMAIN }],
    ['that the name below a DNAME gets too long is an answer', 'answer', { rcode: RCODE.YXDOMAIN }],
    ['that is truncated is fetched over TCP', 'truncated', { flags: { truncated: true } }],
    ['SERVFAIL is a failure', 'failure', { rcode: RCODE.SERVFAIL }],
    ['REFUSED is a failure', 'failure', { rcode: RCODE.REFUSED }],
    ['FORMERR with EDNS is a failure', 'failure', { rcode: RCODE.FORMERR }],
    ['NOTIMP with EDNS is a failure', 'failure', { rcode: RCODE.NOTIMP }],
    ['BADVERS is a failure', 'failure', { rcode: RCODE.BADVERS }],
    ['BADCOOKIE is a failure', 'failure', { rcode: RCODE.BADCOOKIE }],
    ['FORMERR without EDNS is no word about the question', 'without-edns', { rcode: RCODE.FORMERR, withoutEdns: true }],
    ['NOTIMP without EDNS is no word about the question', 'without-edns', { rcode: RCODE.NOTIMP, withoutEdns: true }],
    ['with another id is no reply', 'mismatch', { flags: { id: 0x1235 } }],
    ['that is a query is no reply', 'mismatch', { flags: { response: false } }],
    ['with another opcode is no reply', 'mismatch', { flags: { opcode: 5 } }],
  ])('%s', (_, kind, script) => {
    expect(read(script).kind).toBe(kind);
  });

  it.each<[string, Message['questions']]>([
    ['name', [{ name: nameOf('b.example.com'), type: TYPE.A, class: 1 }]],
    ['type', [{ name: QUESTION.name, type: TYPE.AAAA, class: 1 }]],
    ['class', [{ name: QUESTION.name, type: TYPE.A, class: 3 }]],
    ['number of questions', [...query.questions, ...query.questions]],
    ['number of questions: none', []],
  ])('with another %s is no reply', (_, questions) => {
    expect(read({ answer: ANSWER }, { questions }).kind).toBe('mismatch');
  });

  it('may spell the name in another case', () => {
    const octets = composeScripted(query, { answer: ANSWER });
    octets[13] = 'A'.charCodeAt(0);
    expect(readReply(octets, SENT).kind).toBe('answer');
  });

  it('that only complains need not have the question', () => {
    expect(read({ rcode: RCODE.REFUSED }, { questions: [] }).kind).toBe('failure');
    expect(read({ rcode: RCODE.FORMERR, withoutEdns: true }, { questions: [] }).kind).toBe('without-edns');
  });

  it('FORMERR to a query without EDNS is a failure', () => {
    expect(read({ rcode: RCODE.FORMERR, withoutEdns: true }, {}, { hasEdns: false })).toEqual({
      kind: 'failure',
      reason: 'rcode 1',
    });
  });

  it('that is truncated over TCP is a failure', () => {
    expect(read({ flags: { truncated: true } }, {}, { transport: 'tcp' })).toMatchObject({ kind: 'failure' });
  });

  it('that breaks off behind the question is a failure: whoever has sent it has seen the query', () => {
    const octets = composeScripted(query, { answer: ANSWER });
    expect(readReply(octets.subarray(0, -20), SENT)).toMatchObject({
      kind: 'failure',
      reason: expect.stringContaining('malformed'),
    });
    expect(readReply(octets.subarray(0, 20), SENT).kind).toBe('mismatch');
    expect(readReply(octets.subarray(0, 5), SENT).kind).toBe('mismatch');
  });

  it('has the server’s own word about a failure (RFC 8914)', () => {
    const options = [{ code: 15, data: Uint8Array.of(0, 6) }];
    expect(read({ rcode: RCODE.SERVFAIL, edns: { options } })).toEqual({ kind: 'failure', reason: 'rcode 2', extendedError: 6 });
  });
});
