import { describe, expect, it } from '@jest/globals';

import { composeQuery } from '../testing/ask.ts';
import { RelayGate, createRelayGate } from './relay-gate.ts';
import { findRelayLoop } from './relay-loop.ts';
import { carriesMark, markOption, relayMark } from './relay-mark.ts';

const INTERFACES = {
  lo: [{ address: '127.0.0.1' }, { address: '::1' }],
  eth0: [{ address: '192.0.2.7' }, { address: '2001:db8::7' }, { address: 'fe80::7' }],
  down: undefined,
};

describe('a server to relay to is found to be this one', () => {
  it.each<[string, string, boolean]>([
    ['192.0.2.7 53', '192.0.2.7 53', true],
    ['192.0.2.7 53', '192.0.2.7 5353', false],
    ['192.0.2.7 53', '192.0.2.8 53', false],
    ['0.0.0.0 53', '192.0.2.7 53', true],
    ['0.0.0.0 53', '192.0.2.8 53', false],
    ['0.0.0.0 53', '127.0.0.53 53', true],
    ['0.0.0.0 53', '0.0.0.0 53', true],
    ['0.0.0.0 53', '192.0.2.7 54', false],
    ['0.0.0.0 53', '::ffff:192.0.2.7 53', true],
    ['0.0.0.0 53', '2001:db8::7 53', false],
    [':: 53', '2001:0db8:0::7 53', true],
    [':: 53', '2001:db8::8 53', false],
    [':: 53', '::1 53', true],
    [':: 53', 'fe80::7%eth0 53', true],
    [':: 53', '192.0.2.7 53', false],
    ['127.0.0.1 53', '127.0.0.2 53', false],
  ])('listening on %s, relaying to %s: %s', (listening, server, isLoop) => {
    const endpointOf = (text: string): { address: string; port: number } => {
      const [address = '', port = ''] = text.split(' ');
      return { address, port: Number(port) };
    };
    const other = { address: '198.51.100.1', port: 53 };
    const found = findRelayLoop([other, endpointOf(server)], [other, endpointOf(listening)].slice(1), INTERFACES);
    expect(found).toEqual(isLoop ? { server: endpointOf(server), listening: endpointOf(listening) } : undefined);
  });
});

describe('the mark of relayed queries', () => {
  const [one, two] = [
    { address: '192.0.2.1', port: 53 },
    { address: '2001:db8::1', port: 53 },
  ];
  const mark = relayMark([one, two]);

  it('is the same for replicas with the same servers, whatever their order and spelling', () => {
    expect(relayMark([two, one])).toEqual(mark);
    expect(relayMark([one, { address: '2001:DB8:0::1', port: 53 }])).toEqual(mark);
    expect(relayMark([one])).not.toEqual(mark);
    expect(relayMark([one, { ...two, port: 54 }])).not.toEqual(mark);
  });

  it('is found in the query that carries it, and not behind its end', () => {
    const query = composeQuery('a.example. A', { edns: { options: [markOption(mark)] } });
    expect(carriesMark(query, query.length, mark)).toBe(true);
    expect(carriesMark(query, query.length - 1, mark)).toBe(false);
    expect(carriesMark(composeQuery('a.example. A'), 27, mark)).toBe(false);
  });
});

describe('the gate', () => {
  const mark = relayMark([{ address: '192.0.2.1', port: 53 }]);
  const query = composeQuery('a.example. A');
  const marked = composeQuery('a.example. A', { edns: { options: [markOption(mark)] } });

  it('lets so many through, whichever thread they come from, and the next when one has left', () => {
    const data = createRelayGate(2, mark);
    const [one, other] = [new RelayGate(data), new RelayGate(data)];
    const enter = (gate: RelayGate): string => gate.enter(query, query.length);
    expect([enter(one), enter(other), enter(one), enter(other)]).toEqual(['relay', 'relay', 'full', 'full']);
    expect([one.waiting, one.refused, one.looped]).toEqual([2, 2, 0]);
    other.leave();
    expect([enter(one), enter(one)]).toEqual(['relay', 'full']);
    expect(other.waiting).toBe(2);
  });

  it('lets no query through that has been here before, and holds no place for it', () => {
    const gate = new RelayGate(createRelayGate(1, mark));
    expect(gate.enter(marked, marked.length)).toBe('looped');
    expect([gate.waiting, gate.looped, gate.refused]).toEqual([0, 1, 0]);
  });
});
