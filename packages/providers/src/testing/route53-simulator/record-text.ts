import { isFailure, type OwnerName, scanName } from '@kubezone/core';

/** How Route 53 writes names and values; made from its documentation apart from what the provider does, so that each checks the other. */

const SHOWN = /^[a-z0-9_-]$/;

/** Octets of a name's labels, from what a request says; a sentence where it is no name. */
export function labelsFrom(name: string): readonly string[] | string {
  if (name === '' || name === '.') return 'DomainLabelEmpty (Domain label is empty)';
  const labels: string[] = [''];
  for (let at = 0; at < name.length; at++) {
    const character = name.charAt(at);
    if (character === '.') {
      if (labels.at(-1) === '') return 'DomainLabelEmpty (Domain label is empty)';
      labels.push('');
      continue;
    }
    let octet = name.charCodeAt(at);
    if (character === '\\') {
      const digits = name.slice(at + 1, at + 4);
      if (!/^[0-3][0-7]{2}$/.test(digits)) return 'UnsupportedCharacter (Value contains unsupported characters)';
      octet = Number.parseInt(digits, 8);
      at += 3;
    }
    if (octet > 0xff) return 'UnsupportedCharacter (Value contains unsupported characters)';
    labels.push(`${labels.pop()}${String.fromCharCode(octet).replace(/[A-Z]/, (letter) => letter.toLowerCase())}`);
  }
  if (labels.at(-1) === '') labels.pop();
  if (labels.some((label) => label.length > 63)) return 'DomainLabelTooLong (Domain label is too long)';
  if (labels.reduce((sum, label) => sum + label.length + 1, 1) > 255) return 'DomainNameTooLong (Domain name is too long)';
  return labels;
}

/** A name as responses have it. */
export function shownName(labels: readonly string[]): string {
  return labels
    .map((label) => `${Array.from(label, (one) => (SHOWN.test(one) ? one : octal(one.charCodeAt(0)))).join('')}.`)
    .join('');
}

/** What listings are ordered by: labels turned round, `com.example.www.`. */
export function orderOf(labels: readonly string[]): string {
  return `${labels.toReversed().join('.')}.`;
}

/** A name of this repository's kind. */
export function ownerFrom(labels: readonly string[]): OwnerName {
  const decimal = labels.map((label) =>
    Array.from(label, (one) => (/[a-z0-9_*-]/.test(one) ? one : `\\${String(one.charCodeAt(0)).padStart(3, '0')}`)).join(''),
  );
  const name = scanName(`${decimal.join('.')}.`);
  if (isFailure(name)) throw new RangeError(name.message);
  return name;
}

/** Octal escapes of a value as decimal ones, for a reader of zone files. */
export function zoneFileValue(value: string): string {
  return value.replaceAll(/\\(?:([0-3][0-7]{2})|([^]))/g, (escape, digits?: string) =>
    digits === undefined ? escape : `\\${String(Number.parseInt(digits, 8)).padStart(3, '0')}`,
  );
}

/** Decimal escapes of a zone file's value as octal ones. */
export function octalValue(value: string): string {
  return value.replaceAll(/\\(?:(\d{3})|([^]))/g, (escape, digits?: string) =>
    digits === undefined ? escape : octal(Number(digits)),
  );
}

function octal(octet: number): string {
  return `\\${octet.toString(8).padStart(3, '0')}`;
}
