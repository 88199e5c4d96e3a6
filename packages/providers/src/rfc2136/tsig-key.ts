import { createSecretKey, type KeyObject } from 'node:crypto';

import { composeName, nameOf, type OwnerName } from '@kubezone/core';

/** The algorithms that may be used (RFC 8945, section 6: the others are too weak, or cut their MACs short). */
export type TsigAlgorithm = 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512';

/** A TSIG key as it is configured. */
export interface TsigOptions {
  /** As the server calls it. */
  readonly name: string;
  /** @default hmac-sha256 */
  readonly algorithm?: TsigAlgorithm;
  /** In base64, as `keymgr` and `tsig-keygen` print it. */
  readonly secret: string;
}

/** A key that signs. Printed, inspected or turned into JSON it does not show its secret. */
export interface TsigKey {
  readonly name: OwnerName;
  /** The name in wire format. */
  readonly nameOctets: Uint8Array;
  /** The algorithm's name in wire format. */
  readonly algorithmOctets: Uint8Array;
  /** As node:crypto calls the hash function. */
  readonly hash: string;
  readonly macOctets: number;
  readonly secret: KeyObject;
}

const MAC_OCTETS: Readonly<Record<TsigAlgorithm, number>> = { 'hmac-sha256': 32, 'hmac-sha384': 48, 'hmac-sha512': 64 };
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Makes a key.
 *
 * @throws {RangeError} where its name is no name or its secret is not base64; the message does not show the secret
 */
export function tsigKey({ name, algorithm = 'hmac-sha256', secret }: TsigOptions): TsigKey {
  const text = secret.replaceAll(/\s/g, '');
  if (text === '' || !BASE64.test(text)) throw new RangeError(`the secret of the TSIG key ${name} is not base64`);
  const owner = nameOf(name);
  return {
    name: owner,
    nameOctets: composeName(owner),
    algorithmOctets: composeName(nameOf(algorithm)),
    hash: algorithm.slice('hmac-'.length),
    macOctets: MAC_OCTETS[algorithm],
    secret: createSecretKey(Buffer.from(text, 'base64')),
  };
}
