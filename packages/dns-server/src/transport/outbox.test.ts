import { Writable } from 'node:stream';

import { beforeEach, describe, expect, it, jest } from '@jest/globals';

import { framed } from '../testing/test-server.ts';
import { Outbox } from './outbox.ts';

/** A socket of which the kernel takes a copy of everything at once, or nothing until it is told to go on. */
class TestSocket extends Writable {
  readonly writes: Buffer[] = [];
  goOn: () => void = () => undefined;
  isStuck = false;

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.writes.push(this.isStuck ? chunk : Buffer.from(chunk));
    if (this.isStuck) this.goOn = done;
    else done();
  }
}

const response = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);

describe('an outbox', () => {
  let socket: TestSocket;
  let outbox: Outbox;

  beforeEach(() => {
    socket = new TestSocket();
    outbox = new Outbox();
  });

  it('writes the responses of a turn at once, each behind its length, and nothing where there are none', () => {
    const longer = response(300, 7);
    outbox.add(socket, Uint8Array.of(1, 2, 3, 9, 9), 3);
    outbox.add(socket, longer, 300);
    expect(socket.writes).toEqual([]);
    outbox.flush(socket);
    outbox.flush(socket);
    expect(socket.writes).toEqual([framed(Uint8Array.of(1, 2, 3), longer)]);
  });

  it('writes what it has no room for beside others in its turn, however long it is', () => {
    const responses = [response(9000, 1), response(9000, 2), response(65_535, 3), response(16_382, 4), response(16_383, 5)];
    for (const each of responses) outbox.add(socket, each, each.length);
    outbox.flush(socket);
    expect(Buffer.concat(socket.writes).equals(framed(...responses))).toBe(true);
    expect(socket.writes).toHaveLength(5);
  });

  it('leaves alone what the kernel has not taken, also where more is written behind it', () => {
    socket.isStuck = true;
    for (let octet = 0; octet < 5; octet++) {
      outbox.add(socket, response(10, octet), 10);
      outbox.flush(socket);
    }
    const [first] = socket.writes;
    outbox.add(socket, response(10, 99), 10);
    socket.isStuck = false;
    socket.goOn();
    expect(Buffer.concat(socket.writes)).toEqual(framed(...[0, 1, 2, 3, 4].map((octet) => response(10, octet))));
    expect(socket.writes[0]).toBe(first);
  });

  it('gives a client that does not read one buffer, and copies of no more than there is to send', () => {
    socket.isStuck = true;
    const write = jest.spyOn(socket, 'write');
    for (let octet = 0; octet < 50; octet++) {
      outbox.add(socket, response(10, octet), 10);
      outbox.flush(socket);
    }
    const kept = write.mock.calls.map(([chunk]) => (chunk as Buffer).buffer.byteLength);
    expect(kept.filter((octets) => octets === 16_384)).toHaveLength(1);
  });
});
