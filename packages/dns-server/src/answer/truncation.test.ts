import { describe, expect, it } from '@jest/globals';

import { ask, askOctets, composeQuery, contextOf, type QueryOptions, show, type ShownResponse } from '../testing/ask.ts';

function repeat(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

const ZONE = `
  $ORIGIN example.
  @      SOA   ns1 admin 1 3600 900 86400 300
  @      NS    ns1
  ns1    A     192.0.2.53
  alias  CNAME many
  ${repeat(40, (index) => `many A 10.0.0.${index}`)}
  ${repeat(28, (index) => `fits A 10.1.0.${index}`)}
  ${repeat(13, (index) => `mx MX ${index} h${index}`)}
  ${repeat(13, (index) => `h${index} A 10.2.0.${index}`)}
  ${repeat(13, (index) => `h${index} AAAA 2001:db8::${index}`)}
  ${repeat(10, (index) => `inside NS n${index}.inside`)}
  ${repeat(10, (index) => `n${index}.inside A 10.3.0.${index}`)}
  ${repeat(10, (index) => `n${index}.inside AAAA 2001:db8:1::${index}`)}
  ${repeat(13, (index) => `beside NS h${index}`)}
  mixed NS ns1
  mixed NS a.mixed
  ${repeat(20, (index) => `ns1 A 10.4.0.${index}`)}
  ${repeat(5, (index) => `a.mixed A 10.5.0.${index}`)}
  ${repeat(40, (index) => `nsmany NS n${index}.example.net.`)}
  huge   TXT   ${repeat(1, () => `"${'x'.repeat(255)}" `.repeat(200))}
`;
const context = contextOf([ZONE]);

function octetsOf(query: string, options: QueryOptions = {}): Uint8Array {
  return askOctets(context, composeQuery(query, options), options) as Uint8Array;
}

describe('the limit', () => {
  it.each([
    ['512 without EDNS', {}, 512],
    ['512 where EDNS says less', { edns: { udpPayloadSize: 100 } }, 512],
    ['what EDNS says', { edns: { udpPayloadSize: 600 } }, 600],
    ['1232 where EDNS says more', { edns: { udpPayloadSize: 4096 } }, 1232],
    ['65535 over TCP', { transport: 'tcp' as const }, 65_535],
  ])('is %s', (_, options, limit) => {
    for (const query of ['many A', 'mx MX', 'inside A', 'beside A', 'huge TXT', 'nsmany A', 'alias A']) {
      const [name, type] = query.split(' ');
      expect(octetsOf(`${name}.example. ${type}`, options).length).toBeLessThanOrEqual(limit);
    }
  });

  it('is measured on the message as it is sent: 28 compressed addresses fit into 512 octets', () => {
    const response = octetsOf('fits.example. A');
    expect(response).toHaveLength(12 + 18 + 28 * 16);
    expect(show(response)).toMatchObject({ flags: 'qr aa' });
  });
});

describe('what does not fit', () => {
  it('is left out as a whole RRset, with TC', () => {
    expect(ask(context, 'many.example. A')).toMatchObject({ flags: 'qr aa tc', answer: [], authority: [], additional: [] });
  });

  it('leaves the aliases before it in the answer', () => {
    expect(ask(context, 'alias.example. A')).toMatchObject({
      flags: 'qr aa tc',
      answer: ['alias.example. 3600 CNAME many.example.'],
    });
  });

  it('leaves room for the OPT record', () => {
    const shown = ask(context, 'many.example. A', { edns: { udpPayloadSize: 512 } });
    expect(shown).toMatchObject({ flags: 'qr aa tc', answer: [], edns: 'version=0 size=1232' });
  });

  it('is the NS RRset of a referral: TC, without authority', () => {
    expect(ask(context, 'a.nsmany.example. A')).toMatchObject({ flags: 'qr tc', authority: [], additional: [] });
  });

  it('is an additional address: no TC', () => {
    const shown = ask(context, 'mx.example. MX') as ShownResponse;
    expect(shown.flags).toBe('qr aa');
    expect(shown.answer).toHaveLength(13);
    expect(shown.additional.length).toBeGreaterThan(0);
    expect(shown.additional.length).toBeLessThan(26);
  });

  it('is the NS RRset beside the SOA of the apex, which nobody asked for: no TC, and no addresses of its hosts', () => {
    const names = repeat(14, (index) => `@ NS ${'n'.repeat(40)}${index}.${'x'.repeat(30)}`);
    const addresses = repeat(14, (index) => `${'n'.repeat(40)}${index}.${'x'.repeat(30)} A 10.6.0.${index}`);
    const many = contextOf([`${ZONE}\n${names}\n${addresses}`]);
    const shown = ask(many, 'example. SOA') as ShownResponse;
    expect(shown).toMatchObject({ flags: 'qr aa', authority: [], additional: [] });
    expect(shown.answer).toHaveLength(1);
    expect(ask(many, 'example. SOA', { transport: 'tcp' })?.authority).toHaveLength(15);
    // Asked for, it is needed.
    expect(ask(many, 'example. NS')).toMatchObject({ flags: 'qr aa tc', answer: [] });
  });

  it('is glue below the cut: TC, with what fits (RFC 9471, section 3.1)', () => {
    const shown = ask(context, 'a.inside.example. A') as ShownResponse;
    expect(shown.flags).toBe('qr tc');
    expect(shown.authority).toHaveLength(10);
    expect(shown.additional.length).toBeGreaterThan(0);
    expect(shown.additional.length).toBeLessThan(20);
    expect(ask(context, 'a.inside.example. A', { edns: {} })).toMatchObject({ flags: 'qr' });
  });

  it('is glue beside the cut: no TC (RFC 9471, section 3.2)', () => {
    const shown = ask(context, 'a.beside.example. A') as ShownResponse;
    expect(shown.flags).toBe('qr');
    expect(shown.authority).toHaveLength(13);
    expect(shown.additional.length).toBeLessThan(26);
  });

  it('is first of all the glue that is not needed', () => {
    const shown = ask(context, 'a.mixed.example. A') as ShownResponse;
    expect(shown.flags).toBe('qr');
    expect(shown.additional.filter((line) => line.startsWith('a.mixed.'))).toHaveLength(5);
    expect(shown.additional).toHaveLength(5 + 21);
  });

  it('is complete over TCP', () => {
    expect(ask(context, 'huge.example. TXT', { transport: 'tcp' })).toMatchObject({ flags: 'qr aa' });
    expect(ask(context, 'a.inside.example. A', { transport: 'tcp' })?.additional).toHaveLength(20);
  });

  it('is truncated over TCP too, past 65535 octets', () => {
    const giant = contextOf([`${ZONE}\n${repeat(300, (index) => `giant TXT "${String(index).padStart(250, '0')}"`)}`]);
    expect(ask(giant, 'giant.example. TXT', { transport: 'tcp' })).toMatchObject({ flags: 'qr aa tc', answer: [] });
  });
});
