import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';

import { Route53Simulator } from './route53-simulator.ts';

let simulator: Route53Simulator;
let client: Route53Client;

beforeAll(async () => {
  simulator = await Route53Simulator.start({
    zones: [
      { id: 'ZEXAMPLE', name: 'example.com.' },
      { id: 'ZPRIVATE', name: 'example.com.', isPrivate: true },
    ],
  });
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  client = new Route53Client({ endpoint: simulator.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await simulator.close();
});
beforeEach(() =>
  simulator.seed('ZEXAMPLE', ['www.example.com. 300 A 192.0.2.1', 'cname.example.com. 300 CNAME www.example.com.']),
);

type Step = readonly ['CREATE' | 'DELETE' | 'UPSERT', ResourceRecordSet];

async function send(steps: readonly Step[], HostedZoneId = 'ZEXAMPLE'): Promise<string> {
  const Changes = steps.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet }));
  try {
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
    return 'done';
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

function set(line: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet {
  const [Name = '', TTL, Type, ...value] = line.split(' ');
  return { Name, TTL: Number(TTL), Type: Type as 'A', ResourceRecords: [{ Value: value.join(' ') }], ...more };
}

function alias(Name: string, DNSName: string, HostedZoneId: string, EvaluateTargetHealth = false): ResourceRecordSet {
  return { Name, Type: 'A', AliasTarget: { DNSName, HostedZoneId, EvaluateTargetHealth } };
}

const A = set('www.example.com. 300 A 192.0.2.1');

describe('the simulator of Route 53', () => {
  it.each<[string, readonly Step[], string]>([
    [
      'a CREATE of what exists',
      [['CREATE', set('www.example.com 60 A 192.0.2.9')]],
      "[Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]",
    ],
    [
      'a DELETE of what does not',
      [['DELETE', set('x.example.com 60 A 192.0.2.9')]],
      "[Tried to delete resource record set [name='x.example.com.', type='A'] but it was not found]",
    ],
    [
      'a DELETE with another value',
      [['DELETE', set('www.example.com 300 A 192.0.2.9')]],
      'but the values provided do not match the current values]',
    ],
    [
      'a DELETE with another TTL',
      [['DELETE', set('www.example.com 60 A 192.0.2.1')]],
      'but the values provided do not match the current values]',
    ],
    [
      'two DELETEs of one',
      [
        ['DELETE', A],
        ['DELETE', A],
      ],
      'but it was not found]',
    ],
    [
      'a CNAME beside an A',
      [['CREATE', set('www.example.com 60 CNAME x.example.net')]],
      'is not permitted as it conflicts with other records with the same DNS name in zone example.com.]',
    ],
    [
      'an A beside a CNAME',
      [['CREATE', set('cname.example.com 60 A 192.0.2.1')]],
      'because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone example.com.]',
    ],
    [
      'a CNAME at the apex',
      [['CREATE', set('example.com 60 CNAME x.example.net')]],
      '[RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.]',
    ],
    [
      'a name of another zone',
      [['CREATE', set('badexample.com 60 A 192.0.2.1')]],
      '[RRSet with DNS name badexample.com. is not permitted in zone example.com.]',
    ],
    [
      'an address that is none',
      [['CREATE', set('x.example.com 60 A not-an-ip')]],
      "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'not-an-ip'",
    ],
    [
      'a text without quotes',
      [['CREATE', set('x.example.com 60 TXT plain')]],
      'InvalidCharacterString (Value should be enclosed in quotation marks)',
    ],
    ['a string of 256', [['CREATE', set(`x.example.com 60 TXT "${'x'.repeat(256)}"`)]], 'CharacterStringTooLong'],
    ['a decimal escape', [['CREATE', set('x.example.com 60 TXT "\\199"')]], 'InvalidEscape'],
    [
      'two CNAMEs',
      [
        [
          'CREATE',
          set('x.example.com 60 CNAME a.example', { ResourceRecords: [{ Value: 'a.example' }, { Value: 'b.example' }] }),
        ],
      ],
      'exactly one resource record',
    ],
    [
      'no SOA',
      [['DELETE', set('example.com 900 SOA ns-2048.awsdns-64.net. hostmaster.awsdns.com. 1 7200 900 1209600 86400')]],
      'must contain exactly one SOA record',
    ],
    [
      'neither alias nor values',
      [['CREATE', { Name: 'x.example.com', Type: 'A', TTL: 60 }]],
      'InvalidInput: Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none',
    ],
    [
      'a weight without a set identifier',
      [['CREATE', set('x.example.com 60 A 192.0.2.1', { Weight: 1 })]],
      "Missing field 'SetIdentifier'",
    ],
    [
      'a set identifier without a policy',
      [['CREATE', set('x.example.com 60 A 192.0.2.1', { SetIdentifier: 'a' })]],
      'Expected exactly one of [Weight, Region',
    ],
    [
      'a set beside a simple RRset',
      [['CREATE', set('www.example.com 300 A 192.0.2.2', { SetIdentifier: 'a', Weight: 1 })]],
      'as other RRSets exist with the same name and type',
    ],
    [
      'a value twice',
      [['CREATE', set('x.example.com 60 A 1', { ResourceRecords: [{ Value: '192.0.2.1' }, { Value: '192.0.2.1' }] })]],
      'Duplicate Resource Record',
    ],
    [
      'an alias to a zone in which its target is not',
      [['CREATE', alias('x.example.com', 'w.us-east-1.elb.amazonaws.com', 'Z32O12XQLNTSW2')]],
      'but the alias target name does not lie within the target zone',
    ],
    ['an alias to nothing', [['CREATE', alias('x.example.com', 'y.example.com', 'ZEXAMPLE')]], 'but that target was not found'],
    [
      'the health of CloudFront',
      [['CREATE', alias('x.example.com', 'd1.cloudfront.net', 'Z2FDTNDATAQYW2', true)]],
      'EvaluateTargetHealth is not supported',
    ],
    [
      'a type that the model lacks',
      [['CREATE', set('x.example.com 60 DNAME example.net')]],
      'Member must satisfy enum value set',
    ],
    ['a TTL over 2^31-1', [['CREATE', set('x.example.com 2147483648 A 192.0.2.1')]], 'less than or equal to 2147483647'],
    [
      'a weight over 255',
      [['CREATE', set('x.example.com 60 A 192.0.2.1', { Weight: 256, SetIdentifier: 'a' })]],
      'less than or equal to 255',
    ],
    [
      '1001 values',
      [
        [
          'CREATE',
          set('x.example.com 60 A 1', {
            ResourceRecords: Array.from({ length: 1001 }, (_, index) => ({ Value: `10.0.${index >> 8}.${index & 255}` })),
          }),
        ],
      ],
      'Number of records limit of 1000 exceeded.',
    ],
    [
      '501 values in an UPSERT',
      [
        [
          'UPSERT',
          set('x.example.com 60 A 1', {
            ResourceRecords: Array.from({ length: 501 }, (_, index) => ({ Value: `10.0.${index >> 8}.${index & 255}` })),
          }),
        ],
      ],
      'Number of records limit of 1000 exceeded.',
    ],
    [
      '32,001 characters',
      [
        [
          'CREATE',
          set('x.example.com 60 TXT 1', {
            ResourceRecords: Array.from({ length: 9 }, (_, index) => ({
              Value: Array.from({ length: 15 }, () => `"${index}${'x'.repeat(235)}"`).join(' '),
            })),
          }),
        ],
      ],
      'Number of characters limit of 32000 exceeded.',
    ],
  ])('refuses %s, and the rest of the batch with it', async (_, steps, text) => {
    const before = simulator.dump('ZEXAMPLE');
    expect(await send([['CREATE', set('good.example.com 60 A 192.0.2.1')], ...steps])).toContain(text);
    expect(simulator.dump('ZEXAMPLE')).toEqual(before);
  });

  it('tells of every change that is wrong', async () => {
    const found = await send([
      ['CREATE', A],
      ['CREATE', set('x.example.com 60 A x')],
      ['DELETE', set('y.example.com 60 A 192.0.2.1')],
    ]);
    expect(found.match(/already exists|IllegalIPv4|was not found/g)).toEqual(['already exists', 'IllegalIPv4', 'was not found']);
  });

  it('replaces in one batch, and takes a value in any order', async () => {
    const two = { ResourceRecords: [{ Value: '192.0.2.1' }, { Value: '192.0.2.2' }] };
    expect(
      await send([
        ['DELETE', A],
        ['CREATE', set('www.example.com 300 A 1', two)],
      ]),
    ).toBe('done');
    expect(
      await send([
        ['DELETE', set('WWW.example.com 300 A 1', { ResourceRecords: two.ResourceRecords.toReversed() })],
        ['CREATE', set('www.example.com 300 CNAME x.example.net')],
      ]),
    ).toBe('done');
    expect(simulator.dump('ZEXAMPLE')).toContain('www.example.com. 300 CNAME x.example.net.');
  });

  it('takes aliases to AWS, but CloudFront in public zones alone', async () => {
    const change: readonly Step[] = [['CREATE', alias('x.example.com', 'd1.cloudfront.net', 'Z2FDTNDATAQYW2')]];
    expect(await send(change)).toBe('done');
    expect(await send(change, 'ZPRIVATE')).toContain('CloudFront is no target in a private zone');
  });

  it('lists by turned labels, escaped, page by page, from any place', async () => {
    simulator.seed('ZEXAMPLE', [
      '*.example.com. 60 A 192.0.2.1',
      'b.example.com. 60 TXT "x"',
      'b.example.com. 60 A 192.0.2.1',
      'a.b.example.com. 60 A 192.0.2.1',
      'b-c.example.com. 60 A 192.0.2.1',
    ]);
    const names: string[] = [];
    let start = {};
    for (;;) {
      const page = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'ZEXAMPLE', MaxItems: 2, ...start }));
      names.push(...(page.ResourceRecordSets ?? []).map(({ Name, Type }) => `${Name} ${Type}`));
      if (page.IsTruncated !== true) break;
      start = { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType };
    }
    expect(names).toEqual([
      'example.com. NS',
      'example.com. SOA',
      '\\052.example.com. A',
      'b-c.example.com. A',
      'b.example.com. A',
      'b.example.com. TXT',
      'a.b.example.com. A',
    ]);
    const from = await client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: 'ZEXAMPLE', StartRecordName: 'B.example.com', StartRecordType: 'TXT' }),
    );
    expect(from.ResourceRecordSets?.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
      'b.example.com. TXT',
      'a.b.example.com. A',
    ]);
  });

  it.each([
    ['without a signature', {}, '<x/>', 403, 'MissingAuthenticationToken'],
    ['that is no XML', undefined, '<x', 400, 'Invalid XML'],
    ['of another kind', undefined, '<x/>', 400, 'expected ChangeResourceRecordSetsRequest'],
  ])('refuses a request %s', async (_, given, body, status, text) => {
    const signed = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    const headers: Record<string, string> = given ?? { authorization: signed };
    const response = await fetch(`${simulator.endpoint}/2013-04-01/hostedzone/ZEXAMPLE/rrset/`, {
      method: 'POST',
      headers,
      body,
    });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });
});
