import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Cloudflare from 'cloudflare';

import { CloudflareSimulator } from './cloudflare-simulator.ts';
import type { SimulatedZone } from './simulated-zone.ts';

let simulator: CloudflareSimulator;
let zone: SimulatedZone;
let client: Cloudflare;

beforeEach(async () => {
  simulator = await CloudflareSimulator.start({ token: 'token' });
  zone = simulator.addZone('example.com');
  client = new Cloudflare({ apiToken: 'token', baseURL: simulator.baseUrl, maxRetries: 0 });
});
afterEach(() => simulator.close());

type Post = Record<string, unknown>;
const A: Post = { name: 'www.example.com', type: 'A', ttl: 300, content: '192.0.2.1' };

/** The numbers of the errors that a batch is answered with. */
async function refusal(body: Record<string, Post[]>): Promise<readonly unknown[]> {
  const error: unknown = await client.dns.records.batch({ zone_id: zone.id, ...body }).catch((thrown: unknown) => thrown);
  const { errors } = error as {
    readonly errors: readonly { readonly code: number; readonly error_chain?: readonly { readonly code: number }[] }[];
  };
  return errors.flatMap(({ code, error_chain: chain = [] }) => [code, ...chain.map((one) => one.code)]);
}

describe('the simulator of Cloudflare, by the vendor’s own SDK', () => {
  it('keeps ids over edits, and makes new ones for new records', async () => {
    const first = await client.dns.records.batch({ zone_id: zone.id, posts: [A as never] });
    const id = first.posts?.[0]?.id ?? '';
    const second = await client.dns.records.batch({
      zone_id: zone.id,
      patches: [{ ...A, id, content: '192.0.2.2' } as never],
      posts: [A as never],
    });
    expect(second.patches?.[0]).toMatchObject({ id, content: '192.0.2.2' });
    expect(second.posts?.[0]?.id).not.toBe(id);
    expect(simulator.dump(zone)).toEqual(['www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 A 192.0.2.2']);
  });

  it('does all of a batch or nothing, deletes first', async () => {
    simulator.seed(zone, ['www.example.com. 300 A 192.0.2.1']);
    const id = zone.records[0]?.id ?? '';
    const cname = { name: 'www.example.com', type: 'CNAME', ttl: 300, content: 'lb.example.net' };
    expect(await refusal({ deletes: [{ id }], posts: [cname, { ...cname, content: 'other.example.net' }] })).toEqual([81_053]);
    expect(simulator.dump(zone)).toEqual(['www.example.com. 300 A 192.0.2.1']);
    expect(zone.records[0]?.id).toBe(id);
    await client.dns.records.batch({ zone_id: zone.id, deletes: [{ id }], posts: [cname as never] });
    expect(simulator.dump(zone)).toEqual(['www.example.com. 300 CNAME lb.example.net.']);
  });

  it.each<[string, readonly string[], Record<string, Post[]>, readonly number[]]>([
    ['a record that exists', ['www.example.com. 300 A 192.0.2.1'], { posts: [A] }, [81_058]],
    ['a record that exists with another TTL', ['www.example.com. 600 A 192.0.2.1'], { posts: [A] }, [81_057]],
    ['an address beside a CNAME', ['www.example.com. 300 CNAME lb.example.net.'], { posts: [A] }, [81_054]],
    ['an address beside name servers', ['www.example.com. 300 NS ns.example.net.'], { posts: [A] }, [81_056]],
    ['a record that is gone', [], { deletes: [{ id: 'f'.repeat(32) }] }, [81_044]],
    ['an address that is none', [], { posts: [{ ...A, content: 'not-an-ip' }] }, [1004, 9005]],
    ['a TTL of 59', [], { posts: [{ ...A, ttl: 59 }] }, [1004, 9021]],
    ['a TTL of more than a day', [], { posts: [{ ...A, ttl: 86_401 }] }, [1004, 9021]],
    ['proxied text', [], { posts: [{ name: 'x', type: 'TXT', ttl: 1, content: '"x"', proxied: true }] }, [1004, 9004]],
    ['tags on a free plan', [], { posts: [{ ...A, tags: ['a:b'] }] }, [1004, 9300]],
    ['a final dot in a name', [], { posts: [{ ...A, name: 'www.example.com.' }] }, [1004, 9000]],
    ['a final dot in a target', [], { posts: [{ ...A, type: 'CNAME', content: 'lb.example.net.' }] }, [1004, 9008]],
    ['what the SDK does not declare', [], { posts: [{ ...A, weight: 10 }] }, [9207]],
  ])('refuses %s', async (_, lines, body, codes) => {
    simulator.seed(zone, lines);
    expect(await refusal(body)).toEqual(codes);
    expect(simulator.dump(zone)).toEqual(lines);
  });

  it('completes a name that lies outside the zone, as the vendor does', async () => {
    await client.dns.records.batch({ zone_id: zone.id, posts: [{ ...A, name: 'www.example.org' } as never] });
    expect(simulator.dump(zone)).toEqual(['www.example.org.example.com. 300 A 192.0.2.1']);
  });

  it('shows text in quotes that came without', async () => {
    const txt = { name: 'www.example.com', type: 'TXT', ttl: 300, content: 'v=spf1 -all' } as const;
    const { posts } = await client.dns.records.batch({ zone_id: zone.id, posts: [txt] });
    expect(posts?.[0]).toMatchObject({ content: 'v=spf1 -all' });
    const { result } = await client.dns.records.list({ zone_id: zone.id });
    expect(result).toMatchObject([{ content: '"v=spf1 -all"' }]);
  });

  it('pages through records and zones', async () => {
    simulator.seed(
      zone,
      Array.from({ length: 23 }, (_, index) => `h${index}.example.com. 300 A 192.0.2.1`),
    );
    const names = new Set<string>();
    for await (const { name } of client.dns.records.list({ zone_id: zone.id, per_page: 10 })) names.add(name);
    expect(names.size).toBe(23);
    const zones: string[] = [];
    for await (const { name } of client.zones.list({ per_page: 50 })) zones.push(name);
    expect(zones).toEqual(['example.com']);
  });

  it('wants credentials', async () => {
    const stranger = new Cloudflare({ apiToken: 'wrong', baseURL: simulator.baseUrl, maxRetries: 0 });
    await expect(stranger.zones.list()).rejects.toMatchObject({ status: 403 });
    const response = await fetch(`${simulator.baseUrl}/zones`);
    expect(response.status).toBe(400);
  });
});
