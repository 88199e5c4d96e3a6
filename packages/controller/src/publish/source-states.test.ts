import { describe, expect, it } from '@jest/globals';

import { readSourceStates, type SourceKnowledge } from './source-states.ts';

const KNOWN: SourceKnowledge = {
  home: 'prod',
  clusters: ['prod', 'east'],
  clusterIds: new Map([
    ['prod', 'c1'],
    ['east', 'c2'],
  ]),
  statuses: [
    { source: 'ingress', cluster: 'prod', state: 'synced' },
    { source: 'ingress', cluster: 'east', state: 'failing' },
    { source: 'resource', cluster: 'prod', state: 'synced' },
    { source: 'resource', cluster: 'prod', state: 'absent' },
    { source: 'service', cluster: 'prod', state: 'syncing' },
    { source: 'internal/httproute', cluster: 'prod', state: 'synced' },
    { source: 'zone-file', cluster: '', state: 'synced' },
  ],
};

function stateOf(source: string, cluster: string, knowledge: Partial<SourceKnowledge> = {}): string | undefined {
  return readSourceStates({ ...KNOWN, ...knowledge })?.sourceState({ source, cluster });
}

describe('how a source of a marker stands', () => {
  it.each([
    ['one that is synced', 'ingress', 'c1', 'synced'],
    ['the same in another cluster', 'ingress', 'c2', 'failing'],
    ['the worst of several of one kind', 'resource', 'c1', 'absent'],
    ['one that has not been listed yet', 'service', 'c1', 'failing'],
    ['one that a feed has', 'httproute', 'c1', 'synced'],
    ['one that reads no cluster', 'zone-file', 'c1', 'synced'],
    ['one that is not configured', 'pod', 'c1', 'removed'],
    ['one that is not configured for that cluster', 'service', 'c2', 'removed'],
    ['a cluster that is not configured, all ids being known', 'ingress', 'c9', 'removed'],
  ])('%s', (_what, source, cluster, state) => {
    expect(stateOf(source, cluster)).toBe(state);
  });

  it('is unknown of an unknown cluster while any id is missing', () => {
    const clusterIds = new Map([['prod', 'c1']]);
    expect(stateOf('ingress', 'c2', { clusterIds })).toBe('failing');
    expect(stateOf('ingress', 'c1', { clusterIds })).toBe('synced');
    expect(readSourceStates({ ...KNOWN, clusterIds })?.everySourceSynced).toBe(false);
  });

  it('is not known at all before the id of the home cluster is', () => {
    expect(readSourceStates({ ...KNOWN, clusterIds: new Map([['east', 'c2']]) })).toBeUndefined();
  });

  it('has one fingerprint as long as nothing changes', () => {
    const print = (knowledge: Partial<SourceKnowledge>): string | undefined =>
      readSourceStates({ ...KNOWN, ...knowledge })?.fingerprint;
    expect(print({ statuses: [...KNOWN.statuses] })).toBe(print({}));
    expect(print({ statuses: KNOWN.statuses.slice(1) })).not.toBe(print({}));
  });
});
