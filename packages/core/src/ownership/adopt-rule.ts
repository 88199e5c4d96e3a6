import type { KeyObject } from 'node:crypto';

import { ParseFailure } from '../failure.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { ExternalDnsAffixes } from './external-dns-place.ts';
import type { Marker } from './marker.ts';

/** Whose names may be taken over. */
export type AdoptRule =
  | (ExternalDnsAffixes & {
      readonly format: 'external-dns';
      readonly owner: string;
      /** Where it encrypts its TXT records. */
      readonly encryptionKey?: KeyObject;
    })
  | { readonly format: 'mate'; readonly group: string }
  | { readonly format: 'ares' }
  | {
      /** Another owner id, the same in another cluster, or markers that are not signed with the present keys. */
      readonly format: 'kubezone';
      readonly owner: string;
      /** The id of its cluster. @default any */
      readonly cluster?: string;
    }
  | {
      /** Names that nobody has marked. */
      readonly format: 'unmarked';
      /** A name, or `*.` before a name for everything below that name, at any depth. */
      readonly names: readonly OwnerName[];
    };

/** Scans a rule's short form: `external-dns/OWNER`, `mate/GROUP`, `ares`, `kubezone/OWNER` or `kubezone/OWNER@CLUSTER`. */
export function scanAdoptRule(text: string): AdoptRule | ParseFailure {
  const [format, ...rest] = text.split('/');
  const who = rest.join('/');
  if (format === 'ares' && rest.length === 0) return { format };
  if (who !== '') {
    if (format === 'external-dns') return { format, owner: who, txtPrefix: '', txtSuffix: '', wildcardReplacement: '' };
    if (format === 'mate') return { format, group: who };
    const [owner = '', cluster, more] = who.split('@');
    if (format === 'kubezone' && owner !== '' && cluster !== '' && more === undefined) {
      return cluster === undefined ? { format, owner } : { format, owner, cluster };
    }
  }
  return new ParseFailure(
    'BAD_FIELD',
    `${JSON.stringify(text)} names nobody whose names can be adopted; expected is external-dns/OWNER, mate/GROUP, ares, kubezone/OWNER or kubezone/OWNER@CLUSTER`,
  );
}

/** Prints a rule in its short form; of affixes and keys nothing is shown. */
export function printAdoptRule(rule: AdoptRule): string {
  switch (rule.format) {
    case 'external-dns':
      return `external-dns/${rule.owner}`;
    case 'mate':
      return `mate/${rule.group}`;
    case 'kubezone':
      return rule.cluster === undefined ? `kubezone/${rule.owner}` : `kubezone/${rule.owner}@${rule.cluster}`;
    case 'ares':
    case 'unmarked':
      return rule.format;
    default:
      return rule satisfies never;
  }
}

/** Whether a rule allows to take over what a marker of this software owns. */
export function isMarkerOf(
  { owner, cluster }: Extract<AdoptRule, { readonly format: 'kubezone' }>,
  marker: Pick<Marker, 'owner' | 'cluster'>,
): boolean {
  return marker.owner === owner && (cluster === undefined || marker.cluster === cluster);
}
