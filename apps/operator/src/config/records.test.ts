import { describe, expect, it } from '@jest/globals';

import { configOf, loadFile, mistakesOf } from '../testing/load-text.ts';

const REST = `
owner: {id: me}
providers: [{selector: [a.test], provider: route53}]
`;
const WAIT = `records: {waitForDelete: true}\n${REST}`;

describe('records.waitForDelete', () => {
  it('is off by default', () => {
    expect(configOf(loadFile(`sources: [record]\n${REST}`)).records).toEqual({ waitForDelete: false });
    expect(configOf(loadFile(`sources: [record]\n${WAIT}`)).records).toEqual({ waitForDelete: true });
  });

  it('is in order for a dry run, which waits for nothing', () => {
    expect(configOf(loadFile(`sources: [record]\ndryRun: true\n${WAIT}`)).records).toEqual({ waitForDelete: true });
  });

  it.each([
    ['the source', `sources: [service]\n${WAIT}`, 'expected the source record beside it, whose objects are to wait'],
    ['a cluster', `sources: [record]\nmanifests: manifests\n${WAIT}`, 'expected a cluster with an API: files wait for nobody'],
    [
      'an election',
      `sources: [record]\nleaderElection: {enabled: false}\n${WAIT}`,
      'expected leader election beside it: it is written to Records, and only the holder of the Lease writes',
    ],
  ])('is refused without %s', (_what, yaml, expected) => {
    const [mistake = '', ...more] = mistakesOf(
      loadFile(yaml.replace('manifests: manifests', 'manifests: /etc/kubezone/manifests')),
    );
    expect(mistake).toMatch(/^\d+:\d+: records\.waitForDelete: found true; /);
    expect(mistake.endsWith(`${expected} [EXCLUDED]`)).toBe(true);
    expect(more).toEqual([]);
  });

  it('is refused where it is no truth value, or has a neighbour that does not exist', () => {
    expect(mistakesOf(loadFile(`sources: [record]\nrecords: {waitForDelete: soon, wait: 1}\n${REST}`))).toEqual([
      expect.stringContaining('records.waitForDelete: found "soon"; expected true or false [BAD_VALUE]'),
      expect.stringContaining('records.wait: there is no such key; allowed here: waitForDelete [UNKNOWN_KEY]'),
    ]);
  });
});
