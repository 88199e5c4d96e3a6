import { describe, expect, it } from '@jest/globals';

import { clientKey, ConnectionTable, type TableConnection } from './connection-table.ts';

class FakeConnection implements TableConnection {
  readonly clientAddress: string;
  idle = true;
  evicted = false;

  constructor(clientAddress = '192.0.2.1') {
    this.clientAddress = clientAddress;
  }

  isIdle(): boolean {
    return this.idle;
  }

  evict(): void {
    this.evicted = true;
  }
}

function fill(table: ConnectionTable<FakeConnection>, count: number): FakeConnection[] {
  return Array.from({ length: count }, (_, index) => {
    const connection = new FakeConnection(`10.0.0.${index}`);
    expect(table.admit(connection)).toBe('admitted');
    return connection;
  });
}

describe('ConnectionTable', () => {
  it('makes room by ending the connection that has been silent the longest', () => {
    const table = new ConnectionTable<FakeConnection>({ maxConnections: 3, maxPerClient: 3 });
    const [first, second, third] = fill(table, 3) as [FakeConnection, FakeConnection, FakeConnection];
    table.touch(first);
    expect(table.admit(new FakeConnection('10.0.1.1'))).toBe('admitted-by-eviction');
    expect([first, second, third].map(({ evicted }) => evicted)).toEqual([false, true, false]);
    expect(table.size).toBe(3);
  });

  it('passes over connections that are busy, and refuses when the longest silent ones all are', () => {
    const table = new ConnectionTable<FakeConnection>({ maxConnections: 10, maxPerClient: 10 });
    const connections = fill(table, 10);
    for (const connection of connections.slice(0, 3)) connection.idle = false;
    expect(table.admit(new FakeConnection('10.0.1.1'))).toBe('admitted-by-eviction');
    expect(connections[3]?.evicted).toBe(true);
    for (const connection of connections) connection.idle = false;
    expect(table.admit(new FakeConnection('10.0.1.2'))).toBe('refused');
    expect(table.size).toBe(10);
  });

  it('refuses a client that has its share, and takes it again when one of its connections is gone', () => {
    const table = new ConnectionTable<FakeConnection>({ maxConnections: 10, maxPerClient: 2 });
    const one = new FakeConnection();
    expect([table.admit(one), table.admit(new FakeConnection()), table.admit(new FakeConnection())]).toEqual([
      'admitted',
      'admitted',
      'refused',
    ]);
    expect(table.admit(new FakeConnection('192.0.2.2'))).toBe('admitted');
    table.remove(one);
    table.remove(one);
    expect(table.admit(new FakeConnection())).toBe('admitted');
    expect(table.admit(new FakeConnection())).toBe('refused');
  });
});

describe('clientKey', () => {
  it.each([
    ['192.0.2.1', '192.0.2.2', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '::ffff:192.0.2.1', true],
    ['2001:db8::1', '2001:db8::ffff:1', true],
    ['2001:db8::1', '2001:db8:0:1::1', false],
    ['fe80::1%eth0', 'fe80::1%eth1', true],
  ])('%s and %s are one client: %s', (one, other, same) => {
    expect(clientKey(one) === clientKey(other)).toBe(same);
  });
});
