import { describe, expect, it } from '@jest/globals';

import { RECORD_CASES, SELECTOR_CASES } from '../records/testing/record-cases.ts';
import { EXAMPLE, objectsOf, outcomeOf, recordsOf } from '../testing/source-world.ts';
import { record, type RecordOptions } from './record.ts';

const manifest = (spec: string, metadata = ''): string => `
---
apiVersion: syntixi.io/v1alpha1
kind: Record
metadata: {name: r, namespace: mail, ${metadata}}
spec: ${spec}
`;

describe('a Record that no API server has checked', () => {
  it.each([...RECORD_CASES, ...SELECTOR_CASES])('$rule', async ({ spec, problem, records }) => {
    const { records: held, world } = await outcomeOf([record(EXAMPLE)], manifest(spec));
    expect(held).toEqual(records);
    expect(world.problems()).toHaveLength(problem === undefined ? 0 : 1);
    expect(world.problems().join('\n')).toContain(problem ?? '');
  });
});

describe('a Record with annotations and labels', () => {
  const A = '{fqdn: a.example.com, type: A, value: [192.0.2.1]}';
  const HELD = 'a.example.com. 60 IN A 192.0.2.1';
  it.each<{
    rule: string;
    metadata: string;
    spec?: string;
    options?: Partial<RecordOptions>;
    expected: string[];
    problems?: string[];
  }>([
    {
      rule: 'asks for no name servers of the zone itself',
      metadata: '',
      spec: '{fqdn: example.com, type: NS, value: [ns.evil.test]}',
      expected: [],
      problems: ['RECORD_TYPE_INVALID Record/mail/r'],
    },
    { rule: 'asks for nothing if it opts out', metadata: 'annotations: {kubezone.io/ignore: "true"}', expected: [] },
    {
      rule: 'asks for nothing if it opts out as k8s_gateway has it',
      metadata: 'labels: {k8s-gateway.dns/ignore: "true"}',
      expected: [],
    },
    { rule: 'asks for nothing if it is going', metadata: 'deletionTimestamp: "2026-01-01T00:00:00Z"', expected: [] },
    {
      rule: 'asks for nothing if it is another controller’s',
      metadata: 'annotations: {external-dns.alpha.kubernetes.io/controller: other}',
      expected: [],
    },
    {
      rule: 'carries a set identifier and properties along',
      metadata: 'annotations: {external-dns.kubernetes.io/set-identifier: blue, external-dns.kubernetes.io/aws-weight: "10"}',
      expected: [`${HELD} #blue aws/weight=10`],
    },
    {
      rule: 'has the TTL of its annotation, where it has none of its own',
      metadata: 'annotations: {external-dns.kubernetes.io/ttl: 5m}',
      expected: ['a.example.com. 300 IN A 192.0.2.1'],
    },
    {
      rule: 'has its own TTL before that of its annotation',
      metadata: 'annotations: {external-dns.kubernetes.io/ttl: 5m}',
      spec: '{fqdn: a.example.com, ttl: 7, type: A, value: [192.0.2.1]}',
      expected: ['a.example.com. 7 IN A 192.0.2.1'],
    },
    {
      rule: 'has its values, whatever its annotation says of targets',
      metadata: 'annotations: {external-dns.kubernetes.io/target: 9.9.9.9}',
      expected: [HELD],
    },
    {
      rule: 'is looked at if it passes the filter',
      metadata: 'labels: {dns: mine}',
      options: { filter: { labels: [[{ key: 'dns', operator: 'in', values: ['mine'] }]] } },
      expected: [HELD],
    },
    {
      rule: 'is passed over if it does not',
      metadata: 'labels: {dns: yours}',
      options: { filter: { labels: [[{ key: 'dns', operator: 'in', values: ['mine'] }]] } },
      expected: [],
    },
    {
      rule: 'is reported with an annotation that is wrong, and stands',
      metadata: 'annotations: {kubezone.io/ignore: "yes"}',
      expected: [HELD],
      problems: ['OPT_IN_INVALID Record/mail/r'],
    },
  ])('$rule', async ({ metadata, spec = A, options = {}, expected, problems = [] }) => {
    const outcome = await outcomeOf([record({ ...EXAMPLE, ...options })], manifest(spec, metadata));
    expect(outcome.records).toEqual(expected);
    expect(outcome.problems).toEqual(problems);
  });

  it.each([
    ['{fqdn: a.example.com, type: A, value: 192.0.2.1}', 'spec.value: found the string "192.0.2.1", expected a list'],
    ['{fqdn: a.example.com, type: A, value: [1]}', 'spec.value[0]: found the number 1, expected a string'],
    ['{fqdn: a.example.com, type: A, ttl: "5", value: [192.0.2.1]}', 'spec.ttl: found the string "5", expected a number'],
    ['{fqdn: 5}', 'spec.fqdn: found the number 5, expected a string'],
    ['{fqdn: a.example.com, valueFrom: [x]}', 'spec.valueFrom: found a list of 1, expected a mapping'],
  ])('keeps its last good content when it becomes %s', async (spec, message) => {
    const { world } = await outcomeOf([record(EXAMPLE)], manifest(A));
    for (const object of objectsOf(manifest(spec))) world.cluster.put(object);
    expect(recordsOf(world)).toEqual([HELD]);
    expect(world.problems()).toEqual([`Record/mail/r: ${message} [OBJECT_MALFORMED]`]);
  });
});
