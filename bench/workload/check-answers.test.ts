import { describe, expect, it } from '@jest/globals';

import type { Reply, ReplyRecord } from '../../e2e/support/read-reply.ts';
import { faultOf } from './check-answers.ts';
import type { PlannedQuery } from './mixes.ts';

const record = (owner: string, type: number, rdata: string): ReplyRecord => ({ owner, type, class: 1, ttl: 300, rdata });
const SOA = record('bench.test.', 6, 'ns1.bench.test. hostmaster.bench.test. 1 2 3 4 5');

function reply(changes: Partial<Reply>): Reply {
  return {
    id: 1,
    qr: true,
    opcode: 0,
    aa: true,
    tc: false,
    rd: false,
    ra: false,
    ad: false,
    cd: false,
    rcode: 0,
    question: '',
    answer: [],
    authority: [],
    additional: [],
    edns: undefined,
    octets: 60,
    ...changes,
  };
}

const asked: PlannedQuery = {
  name: 'Two-1.bench.test',
  rcode: 'NOERROR',
  answer: ['two-1.bench.test CNAME host-2.bench.test', 'host-2.bench.test A 10.0.0.2'],
};
const answer = [record('host-2.bench.test.', 1, '10.0.0.2'), record('two-1.bench.test.', 5, 'host-2.bench.test.')];
const missing: PlannedQuery = { name: 'x.bench.test', rcode: 'NXDOMAIN', answer: [] };

describe('a reply before anything is measured', () => {
  it.each<[string, Partial<Reply>, PlannedQuery]>([
    ['has every record, in any order', { answer }, asked],
    ['says that there is no such name', { rcode: 3, authority: [SOA] }, missing],
  ])('is as it must be: %s', (_title, changes, query) => {
    expect(faultOf(reply(changes), query)).toBeUndefined();
  });

  it.each<[string, Partial<Reply>, PlannedQuery, string]>([
    ['lacks a record', { answer: answer.slice(1) }, asked, 'instead of'],
    ['has another address', { answer: [record('host-2.bench.test.', 1, '10.0.0.3'), ...answer.slice(1)] }, asked, '10.0.0.3'],
    ['has another rcode', { answer, rcode: 2 }, asked, 'rcode 2 instead of NOERROR'],
    ['is not authoritative', { answer, aa: false }, asked, 'not authoritative'],
    ['is truncated', { answer, tc: true }, asked, 'truncated'],
    ['says that there is no such name, without a SOA', { rcode: 3 }, missing, 'no SOA'],
  ])('is not as it must be: %s', (_title, changes, query, fault) => {
    expect(faultOf(reply(changes), query)).toContain(fault);
  });
});
