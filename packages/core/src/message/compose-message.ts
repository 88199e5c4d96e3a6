import type { ResourceRecord } from '../rr/rrset.ts';
import { composeEdns } from './edns.ts';
import type { Message } from './message.ts';
import { MAX_MESSAGE_OCTETS, MessageWriter, type Section } from './message-writer.ts';

/** How a message is composed. */
export interface ComposeOptions {
  /**
   * The greatest length of the message, in octets.
   *
   * @default 65535
   */
  readonly limit?: number;
}

/** Composing is synchronous and the result is copied, so one writer serves every call. */
let sharedWriter: MessageWriter | undefined;

/**
 * Composes a whole message, with names compressed: for clients, and wherever nothing may be left out. A server that must keep to a limit uses
 * `MessageWriter`.
 *
 * @throws {RangeError} where the message is longer than the limit
 */
export function composeMessage(message: Message, options: ComposeOptions = {}): Uint8Array {
  const limit = options.limit ?? MAX_MESSAGE_OCTETS;
  const writer = (sharedWriter ??= new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)));
  writer.begin(limit, 0);
  writer.header(message.header);
  let fits = true;
  for (const question of message.questions) fits = fits && writer.question(question);
  const write = (section: Section, records: readonly ResourceRecord[]): void => {
    for (const record of records) fits = fits && writer.record(section, record);
  };
  write('answer', message.answers);
  write('authority', message.authorities);
  write('additional', message.additionals);
  if (message.edns) write('additional', [composeEdns(message.edns)]);
  if (message.tsig) write('additional', [message.tsig]);
  if (!fits) throw new RangeError(`the message is longer than ${limit} octets`);
  return writer.finish().slice();
}
