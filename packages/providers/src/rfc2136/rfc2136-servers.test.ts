import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ApplyResult,
  HEADER_OCTETS,
  isFailure,
  nameOf,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  parseQuestion,
  providedKey,
  type Provider,
  scanRecord,
  TYPE,
} from '@kubezone/core';

import { linesOf, stateOf } from '../testing/provided-text.ts';
import { runProgram } from '../testing/rfc2136-servers/child-program.ts';
import { describeWithPrograms } from '../testing/rfc2136-servers/describe-with-programs.ts';
import {
  type DnsServerName,
  type DnsTestServer,
  KEYS,
  PROGRAMS,
  startDnsServer,
  ZONES,
} from '../testing/rfc2136-servers/dns-server.ts';
import { FaultProxy } from '../testing/rfc2136-servers/fault-proxy.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { systemClock } from '../testing/system-clock.ts';
import { createRfc2136Provider, type Rfc2136Options } from './rfc2136-provider.ts';

// Servers start slowly where all processors are busy.
jest.setTimeout(30_000);

const SIGNAL = new AbortController().signal;
const DIG = ['@127.0.0.1', '+tcp', '-p'];
const ZONE = { apex: nameOf('example.com'), id: 'example.com.' };
const SUB = { apex: nameOf('sub.example.com'), id: 'sub.example.com.' };
const POLICY = { apex: nameOf('policy.example'), id: 'policy.example.' };

describeWithPrograms('dynamic updates of other projects’ servers', PROGRAMS, () => {
  describe.each<DnsServerName>(['knot', 'bind'])('%s', (name) => {
    let server: DnsTestServer;
    let proxy: FaultProxy;
    let provider: Provider;

    beforeAll(async () => {
      server = await startDnsServer(name);
      proxy = await FaultProxy.open(server.port);
      provider = open();
    });
    afterAll(async () => {
      await proxy.close();
      await server.stop();
    });
    beforeEach(async () => {
      proxy.faults = {};
      proxy.requests = 0;
      await server.seed(ZONE.apex, []);
    });

    /** Through the proxy. */
    const open = (options: Partial<Rfc2136Options> = {}, offsetMs = 0): Provider =>
      createRfc2136Provider(
        { servers: [proxy.address], zones: ZONES, tsig: KEYS.sha256, replyTimeoutMs: 2500, ...options },
        { clock: systemClock(offsetMs), logger: silentLogger },
      );
    const read = (...owners: readonly string[]) => provider.read(ZONE, owners.map(nameOf), SIGNAL);
    const create = (...lines: readonly string[]): NameWrite => change([], ...lines);
    const apply = (...writes: readonly NameWrite[]) => provider.apply(ZONE, writes, SIGNAL);
    const listed = async (from: Provider, zone = ZONE) => {
      const all: ObservedRRset[] = [];
      for await (const page of from.list(zone, SIGNAL)) all.push(...page);
      return all;
    };

    it.each(Object.entries(KEYS))('takes and gives signatures by %s', async (_, tsig) => {
      const signing = open({ tsig });
      const results = await signing.apply(ZONE, [create('www.example.com. 300 A 192.0.2.1')], SIGNAL);
      expect(kinds(results)).toEqual(['www.example.com. applied']);
      expect(linesOf(await listed(signing))).toContain('www.example.com. 300 A 192.0.2.1');
    });

    it('shows dig what it was told', async () => {
      await apply(create('www.example.com. 300 TXT "a \\"b\\" \\\\ c;d" "two"'));
      const text = await runProgram('dig', [...DIG, String(server.port), '+short', 'www.example.com', 'TXT']);
      expect(text.trim()).toBe('"a \\"b\\" \\\\ c;d" "two"');
    });

    it('changes three hundred names in one message, and the serial goes up by one', async () => {
      const serial = await server.serial(ZONE.apex);
      const writes = Array.from({ length: 300 }, (_, index) => create(`h${index}.example.com. 300 A 192.0.2.1`));
      expect(new Set((await apply(...writes)).map(({ kind }) => kind))).toEqual(new Set(['applied']));
      expect(proxy.requests).toBe(1);
      expect(await server.serial(ZONE.apex)).toBe(serial + 1);
      expect(await server.dump(ZONE.apex)).toHaveLength(300);
    });

    it('fills messages of 64 KiB, and cuts between names', async () => {
      const text = Array.from({ length: 40 }, () => `"${'t'.repeat(255)}"`).join(' ');
      const writes = Array.from({ length: 20 }, (_, index) => create(`h${index}.example.com. 300 TXT ${text}`));
      expect(new Set((await apply(...writes)).map(({ kind }) => kind))).toEqual(new Set(['applied']));
      expect(proxy.requests).toBe(4);
      expect((await listed(provider)).filter(({ owner }) => owner !== ZONE.apex)).toHaveLength(20);
      expect(await read('h7.example.com')).toHaveLength(1);
    });

    it('refuses a name that fits into no message, and writes the others', async () => {
      const strings = Array.from({ length: 300 }, (_, index) => `huge.example.com. 300 TXT "${String(index).padEnd(250, 'x')}"`);
      const results = await apply(create(...strings), create('www.example.com. 300 A 192.0.2.1'));
      expect(kinds(results)).toEqual(['huge.example.com. refused', 'www.example.com. applied']);
    });

    it('finds the names that conflict among a hundred, in few messages, and writes the others', async () => {
      await server.seed(ZONE.apex, ['h17.example.com. 300 A 192.0.2.66', 'h70.example.com. 300 CNAME elsewhere.example.net.']);
      const writes = Array.from({ length: 100 }, (_, index) => create(`h${index}.example.com. 300 A 192.0.2.1`));
      const results = await apply(...writes);
      expect(results).toHaveLength(100);
      expect(kinds(results).filter((line) => !line.endsWith(' applied'))).toEqual([
        'h17.example.com. conflict',
        'h70.example.com. conflict',
      ]);
      expect(proxy.requests).toBeLessThan(30);
      expect(await server.dump(ZONE.apex)).toHaveLength(100);
    });

    it('refuses what a policy excludes, and writes the others', async () => {
      await server.seed(POLICY.apex, []);
      const writes = [
        create('a.policy.example. 300 A 192.0.2.1'),
        create('b.policy.example. 300 MX 10 mail.example.net.'),
        create('c.policy.example. 300 TXT "x"'),
      ];
      const results = await provider.apply(POLICY, writes, SIGNAL);
      expect(kinds(results)).toEqual(['a.policy.example. applied', 'b.policy.example. refused', 'c.policy.example. applied']);
      expect(await server.dump(POLICY.apex)).toEqual(['a.policy.example. 300 A 192.0.2.1', 'c.policy.example. 300 TXT "x"']);
      // Alone, too, it is the name that is refused, not the zone.
      expect(kinds(await provider.apply(POLICY, writes.slice(1, 2), SIGNAL))).toEqual(['b.policy.example. refused']);
    });

    it('writes over nothing that was changed behind its back', async () => {
      await apply(create('www.example.com. 300 A 192.0.2.1', '_owner.www.example.com. 300 TXT "ours"'));
      const before = await read('www.example.com', '_owner.www.example.com');
      await server.update('update add www.example.com. 300 A 192.0.2.66');
      const results = await apply(
        change(before, 'www.example.com. 300 CNAME lb.example.net.', '_owner.www.example.com. 300 TXT "cname"'),
      );
      expect(kinds(results)).toEqual(['www.example.com. conflict']);
      expect(await server.dump(ZONE.apex)).toEqual([
        '_owner.www.example.com. 300 TXT "ours"',
        'www.example.com. 300 A 192.0.2.1',
        'www.example.com. 300 A 192.0.2.66',
      ]);
    });

    it('puts no CNAME in place of addresses beside which something else has come to stand', async () => {
      await apply(create('www.example.com. 300 A 192.0.2.1'));
      const before = await read('www.example.com');
      await server.update('update add www.example.com. 300 TXT "foreign"');
      expect(kinds(await apply(change(before, 'www.example.com. 300 CNAME lb.example.net.')))).toEqual([
        'www.example.com. conflict',
      ]);
      expect(await server.dump(ZONE.apex)).toHaveLength(2);
    });

    it('gives a whole RRset its new TTL, with and without other rdatas', async () => {
      await apply(create('www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 A 192.0.2.2'));
      await apply(change(await read('www.example.com'), 'www.example.com. 60 A 192.0.2.1', 'www.example.com. 60 A 192.0.2.2'));
      expect(await server.dump(ZONE.apex)).toEqual(['www.example.com. 60 A 192.0.2.1', 'www.example.com. 60 A 192.0.2.2']);
      await apply(change(await read('www.example.com'), 'www.example.com. 90 A 192.0.2.2', 'www.example.com. 90 A 192.0.2.3'));
      expect(await server.dump(ZONE.apex)).toEqual(['www.example.com. 90 A 192.0.2.2', 'www.example.com. 90 A 192.0.2.3']);
    });

    it('replaces and removes what stands there in upper case', async () => {
      await server.seed(ZONE.apex, ['WWW.example.com. 300 CNAME LB.Example.NET.', 'mx.example.com. 300 MX 10 Mail.Example.NET.']);
      const before = await read('www.example.com', 'mx.example.com');
      expect(linesOf(before)).toEqual([
        'mx.example.com. 300 MX 10 mail.example.net.',
        'www.example.com. 300 CNAME lb.example.net.',
      ]);
      const [mx, www] = [
        before.filter(({ owner }) => owner.startsWith('mx')),
        before.filter(({ owner }) => owner.startsWith('www')),
      ];
      const results = await apply(
        change(mx, 'mx.example.com. 300 MX 20 other.example.net.'),
        change(www, 'www.example.com. 300 A 192.0.2.1'),
      );
      expect(kinds(results)).toEqual(['mx.example.com. applied', 'www.example.com. applied']);
      expect(await server.dump(ZONE.apex)).toEqual([
        'mx.example.com. 300 MX 20 other.example.net.',
        'www.example.com. 300 A 192.0.2.1',
      ]);
    });

    describe('reads a name as the zone holds it', () => {
      const lines = [
        '*.example.com. 300 A 192.0.2.99',
        '*.example.com. 300 TXT "wild"',
        'a.b.example.com. 300 A 192.0.2.1',
        'cut.example.com. 300 NS ns.cut.example.com.',
        'ns.cut.example.com. 300 A 192.0.2.53',
        'old.example.com. 300 DNAME new.example.net.',
        'www.example.com. 300 A 192.0.2.1',
        'www.example.com. 300 TXT "x"',
      ];
      beforeEach(async () => {
        await server.seed(ZONE.apex, lines);
      });

      it.each([
        ['a name with two types', 'www.example.com.', ['www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 TXT "x"'], 0],
        ['a missing name under a wildcard', 'missing.example.com.', [], 0],
        ['the wildcard itself', '*.example.com.', ['*.example.com. 300 A 192.0.2.99', '*.example.com. 300 TXT "wild"'], 0],
        ['an empty non-terminal', 'b.example.com.', [], 0],
        ['a missing name', 'x.b.example.com.', [], 0],
        ['a zone cut', 'cut.example.com.', ['cut.example.com. 300 NS ns.cut.example.com.'], 0],
        ['glue below a cut', 'ns.cut.example.com.', ['ns.cut.example.com. 300 A 192.0.2.53'], 1],
        ['a missing name below a cut', 'x.cut.example.com.', [], 0],
        ['a DNAME', 'old.example.com.', ['old.example.com. 300 DNAME new.example.net.'], 0],
        ['a missing name below a DNAME', 'x.old.example.com.', [], 0],
      ])('%s', async (_, owner, expected, transfers) => {
        const serial = await server.serial(ZONE.apex);
        const questions: number[] = [];
        proxy.faults = {
          onRequest: (octets) => {
            questions.push(questionType(octets));
            return octets;
          },
        };
        expect(linesOf(await read(owner))).toEqual(expected);
        expect(questions.filter((type) => type === TYPE.AXFR)).toHaveLength(transfers);
        expect(questions.length).toBeLessThan(20);
        expect(await server.serial(ZONE.apex)).toBe(serial);
      });

      it('many at once, as the listing has them', async () => {
        const all = (await listed(provider)).filter(({ owner }) => owner !== ZONE.apex);
        expect(linesOf(all)).toEqual(lines);
        const owners = [...new Set(all.map(({ owner }) => owner))];
        expect(linesOf(await read(...owners, ...Array.from({ length: 100 }, (_, index) => `m${index}.example.com`)))).toEqual(
          lines,
        );
      });
    });

    it('works in a signed zone, and shows nothing of what signing makes', async () => {
      const zone = { apex: nameOf('signed.example'), id: 'signed.example.' };
      const www = nameOf('www.signed.example');
      const shown = async () => {
        const all = await listed(provider, zone);
        return linesOf(all.filter(({ owner }) => owner !== zone.apex));
      };
      const address = ['www.signed.example. 300 A 192.0.2.1', '_owner.www.signed.example. 300 TXT "ours"'];
      expect(kinds(await provider.apply(zone, [create(...address)], SIGNAL))).toEqual(['www.signed.example. applied']);
      expect(await shown()).toEqual(address.toSorted());
      const before = await provider.read(zone, [www], SIGNAL);
      expect(linesOf(before)).toEqual(address.slice(0, 1));
      const alias = 'www.signed.example. 300 CNAME lb.example.net.';
      expect(kinds(await provider.apply(zone, [change(before, alias)], SIGNAL))).toEqual(['www.signed.example. applied']);
      expect(linesOf(await provider.read(zone, [www], SIGNAL))).toEqual([alias]);
      expect(await provider.read(zone, [nameOf('missing.signed.example')], SIGNAL)).toEqual([]);
      const signed = await runProgram('dig', [...DIG, String(server.port), '+dnssec', '+short', 'www.signed.example', 'CNAME']);
      const back = change(await provider.read(zone, [www], SIGNAL), ...address.slice(0, 1));
      expect(kinds(await provider.apply(zone, [back], SIGNAL))).toEqual(['www.signed.example. applied']);
      expect(await shown()).toEqual(address.toSorted());
      expect(signed).toMatch(/^lb\.example\.net\.\nCNAME \d+ 3 300 /);
    });

    it('lists a zone of many messages', async () => {
      const lines = Array.from({ length: 2500 }, (_, index) => `h${index}.example.com. 300 A 192.0.2.${index % 250}`).sort();
      const write = lines.map((line) => create(line));
      for (let at = 0; at < write.length; at += 500) await apply(...write.slice(at, at + 500));
      expect(linesOf((await listed(provider)).filter(({ owner }) => owner !== ZONE.apex))).toEqual(lines);
      const removals = lines.map((line) => change([{ ...rrsetsOf(line)[0], vendor: undefined } as ObservedRRset]));
      const results = await apply(...removals);
      expect(results.every(({ kind }) => kind === 'applied')).toBe(true);
    });

    it('keeps nested zones apart, and names that only end alike', async () => {
      await provider.apply(SUB, [create('x.sub.example.com. 300 A 192.0.2.1')], SIGNAL);
      expect(await server.dump(SUB.apex)).toEqual(['x.sub.example.com. 300 A 192.0.2.1']);
      expect(await server.dump(ZONE.apex)).toEqual([]);
      const foo = { apex: nameOf('foo.com'), id: 'foo.com.' };
      const [result] = await provider.apply(foo, [create('xfoo.com. 300 A 192.0.2.1')], SIGNAL);
      expect(result).toMatchObject({ kind: 'refused', reason: 'xfoo.com. lies outside the zone foo.com.' });
      expect(await provider.read(foo, [nameOf('xfoo.com')], SIGNAL)).toEqual([]);
      await server.seed(SUB.apex, []);
    });

    describe('with credentials that are not right', () => {
      const secret = Buffer.from('not the secret of this key at all').toString('base64');
      it.each<[string, Partial<Rfc2136Options>, string, RegExp]>([
        ['a key that it does not know', { tsig: { ...KEYS.sha256, name: 'nobody' } }, 'PROVIDER_FORBIDDEN', /nobody.*BADKEY/],
        ['a wrong secret', { tsig: { ...KEYS.sha256, secret } }, 'PROVIDER_FORBIDDEN', /key-256.*BADSIG/],
      ])('%s: says so, and shows no secret', async (_, options, code, message) => {
        const wrong = open(options);
        const work = [
          listed(wrong),
          wrong.read(ZONE, [ZONE.apex], SIGNAL),
          wrong.apply(ZONE, [create('www.example.com. 300 A 192.0.2.1')], SIGNAL),
        ];
        for (const outcome of await Promise.allSettled(work)) {
          expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'ProviderError', code } });
          const reason: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
          expect(String(reason)).toMatch(message);
          expect(`${String(reason)} ${JSON.stringify(reason)} ${JSON.stringify(wrong)}`).not.toContain(options.tsig?.secret);
        }
      });

      it('none: says that it may not list or write', async () => {
        const { tsig: _, ...options } = { servers: [proxy.address], zones: ZONES, tsig: undefined };
        const nobody = createRfc2136Provider(options, { clock: systemClock(), logger: silentLogger });
        await expect(listed(nobody)).rejects.toMatchObject({ code: 'PROVIDER_FORBIDDEN' });
        const write = nobody.apply(ZONE, [create('www.example.com. 300 A 192.0.2.1')], SIGNAL);
        await expect(write).rejects.toMatchObject({ code: 'PROVIDER_FORBIDDEN' });
        expect(await server.dump(ZONE.apex)).toEqual([]);
      });

      it('a zone that the server does not hold', async () => {
        const elsewhere = { apex: nameOf('elsewhere.example'), id: 'elsewhere.example.' };
        const other = open({ zones: ['elsewhere.example'] });
        await expect(listed(other, elsewhere)).rejects.toMatchObject({
          code: expect.stringMatching(/FORBIDDEN|ZONE_UNKNOWN/) as unknown,
        });
        const write = other.apply(elsewhere, [create('www.elsewhere.example. 300 A 192.0.2.1')], SIGNAL);
        await expect(write).rejects.toMatchObject({ code: 'PROVIDER_FORBIDDEN' });
      });
    });

    it.each([3_600_000, -86_400_000])('works by the server’s time where its own is off by %d ms', async (offsetMs) => {
      const late = open({}, offsetMs);
      expect(kinds(await late.apply(ZONE, [create('www.example.com. 300 A 192.0.2.1')], SIGNAL))).toEqual([
        'www.example.com. applied',
      ]);
      expect(proxy.requests).toBe(2);
      expect(linesOf(await listed(late))).toContain('www.example.com. 300 A 192.0.2.1');
      expect(proxy.requests).toBe(3);
    });

    describe('where the network fails', () => {
      const www = create('www.example.com. 300 A 192.0.2.1');
      const other = create('other.example.com. 300 A 192.0.2.2');

      it('before the server has the update: it is unknown, and nothing was written', async () => {
        proxy.faults = { onRequest: () => 'reset' };
        expect(kinds(await apply(www))).toEqual(['www.example.com. unknown']);
        expect(await server.dump(ZONE.apex)).toEqual([]);
      });

      it.each(['reset', 'drop'] as const)(
        'after the server has done it (%s): it is unknown, and a read shows it',
        async (fate) => {
          proxy.faults = { onReply: () => fate };
          const impatient = open({ replyTimeoutMs: 250 });
          expect(kinds(await impatient.apply(ZONE, [www], SIGNAL))).toEqual(['www.example.com. unknown']);
          proxy.faults = {};
          // Knot may take a second to do an update that comes close after another.
          while ((await server.dump(ZONE.apex)).length === 0);
          expect(linesOf(await read('www.example.com'))).toEqual(['www.example.com. 300 A 192.0.2.1']);
          // The same write again is no harm: what it makes is there.
          expect(kinds(await apply(www))).toEqual(['www.example.com. conflict']);
        },
      );

      it('between two messages: the first is done, the second unknown, the third was not tried', async () => {
        const single = open({ maxNamesPerWrite: 1 });
        proxy.faults = { onReply: (octets, count) => (count === 1 ? 'reset' : octets) };
        const third = create('third.example.com. 300 A 192.0.2.3');
        expect((await single.apply(ZONE, [www, other, third], SIGNAL)).map(({ owner, kind }) => `${owner} ${kind}`)).toEqual([
          'www.example.com. applied',
          'other.example.com. unknown',
          'third.example.com. throttled',
        ]);
        expect(await server.dump(ZONE.apex)).toHaveLength(2);
      });

      it('after the caller has given up: nothing more is sent', async () => {
        const single = open({ maxNamesPerWrite: 1 });
        const caller = new AbortController();
        proxy.faults = {
          onReply: (octets) => {
            caller.abort();
            return octets;
          },
        };
        const results = await single.apply(ZONE, [www, other], caller.signal);
        expect(results.map(({ owner, kind }) => `${owner} ${kind}`).at(-1)).toBe('other.example.com. throttled');
        expect(proxy.requests).toBe(1);
        await expect(single.apply(ZONE, [other], caller.signal)).rejects.toThrow(/abort/i);
        expect(proxy.requests).toBe(1);
      });

      it.each<[string, (octets: Uint8Array) => Uint8Array]>([
        ['is spoiled', (octets) => octets.map((octet, index) => (index === 20 ? octet ^ 1 : octet))],
        ['has lost its signature', withoutTsig],
      ])('a reply that %s proves nothing', async (_, spoil) => {
        proxy.faults = { onReply: spoil };
        expect(kinds(await apply(www))).toEqual(['www.example.com. unknown']);
        await expect(listed(provider)).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
      });

      it('a transfer that ends too early is an error, never a part of the zone', async () => {
        const lines = Array.from({ length: 500 }, (_, index) => `h${index}.example.com. 300 TXT "${'x'.repeat(60)}"`);
        await server.seed(ZONE.apex, lines);
        await server.update(`zone ${ZONE.apex}`, ...lines.map((line) => `update add g${line}`));
        proxy.faults = { onReply: (octets, count) => (count === 0 ? octets : 'reset') };
        await expect(listed(provider)).rejects.toMatchObject({ name: 'ProviderError', code: 'PROVIDER_UNAVAILABLE' });
      });

      it('the next server is taken, and stays in charge for a while', async () => {
        const dead = await FaultProxy.open(server.port);
        const two = open({ servers: [dead.address, proxy.address] });
        await dead.close();
        expect(kinds(await two.apply(ZONE, [www], SIGNAL))).toEqual(['www.example.com. applied']);
        expect(linesOf(await two.read(ZONE, [www.owner], SIGNAL))).toEqual(['www.example.com. 300 A 192.0.2.1']);
        expect(await listed(two)).not.toEqual([]);
      });

      it('a read goes on at the next server, a write does not', async () => {
        const deaf = await FaultProxy.open(server.port);
        deaf.faults = { onRequest: () => 'drop' };
        const servers = [deaf.address, proxy.address];
        expect((await listed(open({ servers, replyTimeoutMs: 250 }))).length).toBeGreaterThan(0);
        const two = open({ servers });
        deaf.faults = { onRequest: () => 'reset' };
        proxy.requests = 0;
        expect(kinds(await two.apply(ZONE, [www], SIGNAL))).toEqual(['www.example.com. unknown']);
        expect(proxy.requests).toBe(0);
        // The one that did not reply stands back now.
        expect(kinds(await two.apply(ZONE, [www], SIGNAL))).toEqual(['www.example.com. applied']);
        await deaf.close();
      });

      it('no server at all is an error', async () => {
        const gone = await FaultProxy.open(server.port);
        await gone.close();
        const none = open({ servers: [gone.address] });
        await expect(listed(none)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
        await expect(none.apply(ZONE, [www], SIGNAL)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
      });
    });
  });
});

function kinds(results: readonly ApplyResult[]): string[] {
  return results.map(({ owner, kind }) => `${owner} ${kind}`).sort();
}

function rrsetsOf(...lines: readonly string[]) {
  const byOwner = Map.groupBy(lines, (line) => ownerOf(line));
  return [...byOwner.values()].flatMap((some) => stateOf(...some).rrsets);
}

/** From what was found to what the lines say. */
function change(before: readonly ObservedRRset[], ...lines: readonly string[]): NameWrite {
  const after = rrsetsOf(...lines);
  const keys = new Set([...before, ...after].map(providedKey));
  const writes = Array.from(keys, (key) => ({
    before: before.find((rrset) => providedKey(rrset) === key),
    after: after.find((rrset) => providedKey(rrset) === key),
  }));
  const owner = (lines[0] === undefined ? before[0]?.owner : ownerOf(lines[0])) ?? ZONE.apex;
  return { owner, writes };
}

function ownerOf(line: string): OwnerName {
  const record = scanRecord(line);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  return record.owner;
}

function questionType(octets: Uint8Array): number {
  const question = parseQuestion(octets, HEADER_OCTETS);
  if (isFailure(question)) throw new RangeError(question.message);
  return question.value.type;
}

/** The message without its last record, which is the signature: it begins with the key's name. */
function withoutTsig(octets: Uint8Array): Uint8Array {
  const start = Buffer.from(octets).lastIndexOf(Buffer.from('\u0007key-256\0\0\u00fa', 'latin1'));
  const bare = octets.slice(0, start);
  new DataView(bare.buffer).setUint16(10, new DataView(bare.buffer).getUint16(10) - 1);
  return bare;
}
