/** What stands in the TXT records of external-dns: labels in plain text, or encrypted with AES-256-GCM. */
import { createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

import { unquoted } from './txt-text.ts';

const KEY_OCTETS = 32;
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
/** No text of external-dns comes near it; a hostile one must not fill the memory. */
const MAX_TEXT_OCTETS = 65_536;

/** The key of `--txt-encrypt-aes-key`: 32 octets as they are, or in Base 64, of the ordinary or the URL-safe alphabet. Undefined where it is neither. */
export function externalDnsKey(text: string): KeyObject | undefined {
  const octets = Buffer.byteLength(text) === KEY_OCTETS ? Buffer.from(text) : Buffer.from(text, 'base64');
  return octets.length === KEY_OCTETS ? createSecretKey(octets) : undefined;
}

/**
 * The owner that a TXT record of external-dns names. Undefined where it is no such record: another heritage, another key, or no owner. As external-dns does,
 * what cannot be decrypted is read as plain text.
 */
export function externalDnsOwner(text: string, key: KeyObject | undefined): string | undefined {
  const found = unquoted(text);
  const plain = (key && decrypt(found, key)) ?? found;
  if (!plain.startsWith('heritage=external-dns')) return undefined;
  const fields = new Map(
    unquoted(plain)
      .split(',')
      .map((field) => {
        const at = field.indexOf('=');
        return [field.slice(0, at), field.slice(at + 1)];
      }),
  );
  return fields.get('heritage') === 'external-dns' ? fields.get('external-dns/owner') : undefined;
}

function decrypt(text: string, key: KeyObject): string | undefined {
  const octets = Buffer.from(text, 'base64');
  if (octets.length <= NONCE_OCTETS + TAG_OCTETS) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, octets.subarray(0, NONCE_OCTETS), { authTagLength: TAG_OCTETS });
    decipher.setAuthTag(octets.subarray(-TAG_OCTETS));
    const compressed = Buffer.concat([decipher.update(octets.subarray(NONCE_OCTETS, -TAG_OCTETS)), decipher.final()]);
    return unquoted(gunzipSync(compressed, { maxOutputLength: MAX_TEXT_OCTETS }).toString('latin1'));
  } catch {
    return undefined; // not encrypted, or with another key
  }
}
