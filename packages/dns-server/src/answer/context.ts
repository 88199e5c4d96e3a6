import type { MessageWriter, OwnerName } from '@kubezone/core';

import type { ServedZone } from '../served-zones.ts';
import type { Transport } from '../statistics.ts';

/** Where answers find their zone. */
export interface ZoneTable {
  /** The zone that a name belongs to: the one with the longest match (RFC 1034, section 4.3.2, step 2). */
  find(name: OwnerName): ServedZone | undefined;
}

/** What answers depend on besides the query: data, settings, time and chance. */
export interface AnswerContext extends ReplyContext {
  readonly zones: ZoneTable;
}

/** What the form of an answer depends on, wherever its data is from. */
export interface ReplyContext {
  /** The longest UDP response, in octets, whatever the client could take (RFC 9715, section 3.2). 512 to 65535. */
  readonly udpPayloadSize: number;
  /** The server's identifier (RFC 5001), for a client that asks for it; without it there is none. */
  readonly nsid?: Uint8Array;
  /** Secrets of 16 octets for server cookies: the first makes them, all check them. Without any, cookies are ignored. */
  readonly cookieSecrets: readonly Uint8Array[];
  /** What a client is told that asks how long a TCP connection may be idle (RFC 7828). */
  readonly tcpIdleTimeoutMs: number;
  /** Unix time. */
  readonly nowSeconds: () => number;
  /** A number from 0 up to but not including 1, uniformly distributed: which address of an RRset comes first. */
  readonly random: () => number;
  /** Composes the responses, one at a time. */
  readonly writer: MessageWriter;
}

/** Who asks. */
export interface Client {
  readonly transport: Transport;
  /** The IP address in presentation format, with or without a zone (`fe80::1%eth0`). */
  readonly address: string;
}
