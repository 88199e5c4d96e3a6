/**
 * Other people's readers of DNS messages, shown our answers: none may find anything to complain of.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decode, encode } from 'dns-packet';

import { describeWithPrograms } from '../support/needs-programs.ts';
import { type OwnServer, startOwnServer } from '../support/own-server.ts';
import { QueryClient } from '../support/query-client.ts';
import { dig, runProgram } from '../support/run-program.ts';
import { APEX, QUESTIONS, ZONE_FILE } from './every-type-zone.ts';

// Hundreds of processes: on a busy machine more than Jest's five seconds.
jest.setTimeout(60_000);

/** What dig, kdig and delv print when a message is not as it should be. */
const COMPLAINTS =
  /\b(warning|malformed|extra bytes|trailing garbage|garbage|bad cookie|\(bad\)|mismatch|parse|unexpected|invalid|error|failed|formerr|badcookie|timed out|no servers)\b/i;

/** What delv, which resolves, makes no answer of: names without data, and referrals to servers that do not exist. */
const NO_DATA = /^(missing|empty|nonterminal|sub|www\.sub|outside|nothing)/;

/** kdig's way of telling that an answer had TC set and that it asks again: what is expected of the two large ones. */
const RETRIED_OVER_TCP = /^;; WARNING: truncated reply from \S+\(UDP\), retrying over TCP$/;

const absolute = (name: string): string => (name === '@' ? APEX : `${name}.${APEX}`);

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer([{ apex: APEX, text: ZONE_FILE }]);
});

afterAll(async () => {
  await server.stop();
});

describeWithPrograms('dig reads our answers', [{ program: 'dig', aptPackage: 'bind9-dnsutils' }], () => {
  const styles: readonly (readonly string[])[] = [
    ['+norec', '+noedns'],
    ['+norec', '+dnssec', '+nsid', '+cookie', '+bufsize=4096'],
    ['+norec', '+tcp', '+keepalive', '+expire', '+subnet=192.0.2.0/24', '+ednsopt=65001:abcd'],
    ['+norec', '+bufsize=512', '+cookie=0123456789abcdef'],
  ];

  it.each(styles.map((style) => [style.join(' '), style] as const))('with %s', async (_title, style) => {
    const questions = QUESTIONS.flatMap(([name, type]) => [...style, absolute(name), type]);
    const text = await dig(server.port, ...questions);
    expect(text.match(/^;; ->>HEADER<<-/gm)?.length).toBeGreaterThanOrEqual(QUESTIONS.length);
    expect(linesMatching(text, COMPLAINTS)).toEqual([]);
  });

  it('finds our server cookie good, and gets the same answer with it', async () => {
    const first = await dig(server.port, '+norec', '+qr', '+cookie', `www.${APEX}`, 'A');
    const cookies = [...first.matchAll(/; COOKIE: ([0-9a-f]+)( \(good\))?/g)];
    const cookie = cookies.at(-1)?.[1] ?? '';
    expect(cookies.at(-1)?.[2]).toBe(' (good)');
    expect(cookie).toHaveLength(48);
    const second = await dig(server.port, '+norec', `+cookie=${cookie}`, `www.${APEX}`, 'A');
    expect(second).toMatch(/; COOKIE: [0-9a-f]{48} \(good\)/);
    expect(second).toContain('status: NOERROR');
  });

  it('retries over TCP where an answer did not fit, and then sees all of it', async () => {
    const text = await dig(server.port, '+norec', `huge.${APEX}`, 'TXT');
    expect(text).toContain(';; Truncated, retrying in TCP mode.');
    expect(text.match(/IN\s+TXT\s+"x{100}/g)).toHaveLength(40);
  });

  it('reads back what the zone file says', async () => {
    const text = await dig(
      server.port,
      '+norec',
      '+noall',
      '+answer',
      '+nottlid',
      `text.${APEX}`,
      'TXT',
      '+noall',
      '+answer',
      `loc.${APEX}`,
      'LOC',
    );
    expect(text).toContain('"plain" "with \\"quotes\\" and \\\\ and ; and \\009 and \\255" ""');
    expect(text).toContain('52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m');
  });
});

describeWithPrograms('kdig reads our answers', [{ program: 'kdig', aptPackage: 'knot-dnsutils' }], () => {
  const styles: readonly (readonly string[])[] = [
    ['+noedns'],
    ['+dnssec', '+nsid', '+cookie', '+bufsize=4096', '+padding'],
    ['+tcp', '+keepopen', '+edns=0'],
  ];

  it.each(styles.map((style) => [style.join(' '), style] as const))('with %s', async (_title, style) => {
    const questions = QUESTIONS.flatMap(([name, type]) => [...style, absolute(name), type]);
    const { stdout, stderr } = await runProgram('kdig', [
      `@127.0.0.1`,
      '-p',
      String(server.port),
      '+norec',
      '+retry=0',
      '+time=5',
      ...questions,
    ]);
    const text = stdout + stderr;
    expect(text.match(/^;; ->>HEADER<<-/gm)?.length).toBeGreaterThanOrEqual(QUESTIONS.length);
    expect(linesMatching(text, COMPLAINTS)).toEqual([]);
  });
});

describeWithPrograms('delv reads our answers', [{ program: 'delv', aptPackage: 'bind9-dnsutils' }], () => {
  it('of every type that an unsigned zone answers with data', async () => {
    const withData = QUESTIONS.filter(([name, type]) => !NO_DATA.test(name) && type !== 'ANY');
    // Eight at a time: delv takes a while to start.
    for (let at = 0; at < withData.length; at += 8) {
      const texts = await Promise.all(
        withData.slice(at, at + 8).map(async ([name, type]) => {
          const { stdout, stderr } = await runProgram('delv', [
            '-i',
            '@127.0.0.1',
            '-p',
            String(server.port),
            absolute(name),
            type,
          ]);
          return stdout + stderr;
        }),
      );
      // delv's way of saying NODATA.
      const isNoData = (text: string): boolean => text.includes(';; resolution failed: ncache nxrrset');
      expect(texts.filter((text) => !isNoData(text)).flatMap((text) => linesMatching(text, COMPLAINTS))).toEqual([]);
      expect(texts.filter((text) => !isNoData(text) && !/^; (authoritative|unsigned answer)$/m.test(text))).toEqual([]);
    }
  }, 60_000);
});

describe('dns-packet reads our answers', () => {
  const plain = new Set([
    'A',
    'AAAA',
    'NS',
    'SOA',
    'CNAME',
    'PTR',
    'MX',
    'TXT',
    'SRV',
    'CAA',
    'DS',
    'DNSKEY',
    'NSEC',
    'TLSA',
    'SSHFP',
    'NAPTR',
    'DNAME',
    'HINFO',
  ]);

  it('of the types that it knows', async () => {
    const client = new QueryClient(server.port);
    try {
      for (const [name, type] of QUESTIONS.filter(([owner, rrType]) => plain.has(rrType) && !owner.includes('\\'))) {
        const query = encode({ type: 'query', questions: [{ name: absolute(name).slice(0, -1), type: type as 'A' }] });
        for (const transport of ['udp', 'tcp'] as const) {
          const reply = decode(Buffer.from(await client.ask(query, transport)));
          expect(reply.type).toBe('response');
          expect(reply.questions).toEqual([{ name: absolute(name).slice(0, -1), type, class: 'IN' }]);
          expect((reply.answers?.length ?? 0) + (reply.authorities?.length ?? 0) > 0 || reply.flag_tc).toBe(true);
        }
      }
    } finally {
      client.close();
    }
  });
});

function linesMatching(text: string, pattern: RegExp): string[] {
  return text.split('\n').filter((line) => pattern.test(line) && !RETRIED_OVER_TCP.test(line));
}
