import { describe, expect, it } from '@jest/globals';

import { nameOf } from '@kubezone/core';

import type { LabelSelector } from '../selectors/label-selector.ts';
import { scanLabelSelector } from '../selectors/scan-label-selector.ts';
import { parseTemplate, type Template } from '../template/template.ts';
import { outcomeOf } from '../testing/source-world.ts';
import { CLUSTER_SOURCES, makeSources, type SourceRules } from './source-table.ts';

const ZONES = { zones: [{ apex: nameOf('example.com'), ttl: 60 }] };

function selector(text: string): LabelSelector {
  const scanned = scanLabelSelector(text);
  if ('code' in scanned) throw new Error(scanned.message);
  return scanned;
}

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if ('code' in parsed) throw new Error(parsed.message);
  return parsed;
}

/** A Service with an address of 192.0.2.0/24, and labels. */
const service = (name: string, host: number, labels: string, annotations = '{}', type = 'LoadBalancer'): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ns1, labels: ${labels}, annotations: ${annotations}}
spec: {type: ${type}}
status: {loadBalancer: {ingress: [{ip: 192.0.2.${host}}]}}
---`;
const SERVICES = `${service('s1', 1, '{app: service1, tier: frontend}')}
${service('s2', 2, '{app: service2, tier: backend}', '{team: x}')}
${service('s3', 3, '{}', '{external-dns.kubernetes.io/target: 198.51.100.9}')}`;

/** Which of the Services have names. */
async function namesOf(rules: SourceRules): Promise<string> {
  const { records } = await outcomeOf(makeSources(['service'], rules, ZONES), SERVICES);
  return records.map((record) => record.split('.')[0]).join(' ');
}

describe('the table of sources', () => {
  it('makes each source in the order of the names', () => {
    const resources = [
      {
        apiVersion: 'a.test/v1',
        kind: 'X',
        names: template('x'),
        targets: { kind: 'template' as const, template: template('192.0.2.1') },
      },
      {
        apiVersion: 'a.test/v1',
        kind: 'Y',
        names: template('x'),
        targets: { kind: 'template' as const, template: template('192.0.2.1') },
      },
    ];
    const names = CLUSTER_SOURCES.toReversed();
    const kinds = makeSources(names, { resources }, ZONES).map(({ kind }) => kind);
    expect(kinds).toEqual(names.flatMap((name) => (name === 'resource' ? [name, name] : [name])));
  });

  it.each<readonly [string, SourceRules, string]>([
    ['no filter', {}, 's1 s2 s3'],
    ['app=service1', { filters: { serviceSelectors: [selector('app=service1')] } }, 's1'],
    ['app in (service1,service2)', { filters: { serviceSelectors: [selector('app in (service1,service2)')] } }, 's1 s2'],
    ['app=service4', { filters: { serviceSelectors: [selector('app=service4')] } }, ''],
    ['app=service1,tier=frontend', { filters: { serviceSelectors: [selector('app=service1,tier=frontend')] } }, 's1'],
    ['app!=service2', { filters: { serviceSelectors: [selector('app!=service2')] } }, 's1 s3'],
    ['one of two selectors', { filters: { serviceSelectors: [selector('app=service1'), selector('!app')] } }, 's1 s3'],
    [
      'one of two selectors, and the label of all objects',
      { filters: { label: selector('app'), serviceSelectors: [selector('app=service1'), selector('!app')] } },
      's1',
    ],
    ['an annotation', { filters: { annotation: selector('team=x') } }, 's2'],
    ['other types', { filters: { serviceTypes: ['NodePort'] } }, ''],
  ])('lets Services pass: %s', async (_, rules, expected) => {
    expect(await namesOf(rules)).toBe(expected);
  });

  it('keeps what a template reads, and gives it to every source that takes one', async () => {
    const rules: SourceRules = { template: { template: template('{{.Name}}-{{.Labels.tier}}.example.com'), use: 'also' } };
    const { records } = await outcomeOf(makeSources(['service'], rules, ZONES), service('s1', 1, '{tier: front}'));
    expect(records).toEqual(['s1-front.example.com. 60 IN A 192.0.2.1']);
  });

  it.each([
    ['honour', 's3.ns1.example.com. 60 IN A 198.51.100.9'],
    ['ignore', 's3.ns1.example.com. 60 IN A 192.0.2.3'],
  ] as const)('can %s the annotation target', async (target, expected) => {
    const { records } = await outcomeOf(makeSources(['service'], { annotations: { target } }, ZONES), SERVICES);
    expect(records).toContain(expected);
  });

  it('gives relative names to the zones that are chosen for them, of k8s-node-dns too', async () => {
    const zones = [
      { apex: nameOf('example.com'), ttl: 60 },
      { apex: nameOf('example.org'), ttl: 30 },
    ];
    const sources = makeSources(['node-area', 'service'], {}, { zones, relativeTo: [nameOf('example.org')] });
    const node = `
apiVersion: v1
kind: Node
metadata: {name: n1, annotations: {k8s.pootis.network/node-areas: home, k8s.pootis.network/node-ips: 192.0.2.7}}
status: {conditions: [{type: Ready, status: "True"}]}`;
    const { records } = await outcomeOf(sources, service('s1', 1, '{}') + node);
    expect(records).toEqual(
      expect.arrayContaining(['home.example.org. 30 IN A 192.0.2.7', 's1.ns1.example.org. 30 IN A 192.0.2.1']),
    );
    expect(records.filter((record) => record.includes('example.com'))).toEqual([]);
  });
});
