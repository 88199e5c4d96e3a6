import type {
  ListHostedZonesCommandOutput,
  ListResourceRecordSetsCommandOutput,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { ProviderError } from '@kubezone/core';

/** Where a page of a listing begins; empty at the first RRset. */
export interface PageStart {
  readonly StartRecordName?: string | undefined;
  readonly StartRecordType?: ResourceRecordSet['Type'];
  readonly StartRecordIdentifier?: string | undefined;
}

/**
 * Where the page after one of RRsets begins; undefined after the last.
 *
 * @param zoneId whose listing it is
 * @param start where the page itself begins
 * @throws {ProviderError} `PROVIDER_BAD_RESPONSE` where there is more, but no next page is named, or the same again: there would be no end. Imitations of Route 53 that do not know
 * `StartRecordIdentifier` (moto 5) do not get on in a name with more RRsets of one type than a page holds.
 */
export function nextStart(
  zoneId: string,
  page: Partial<ListResourceRecordSetsCommandOutput>,
  start: PageStart,
): PageStart | undefined {
  if (page.IsTruncated !== true) return undefined;
  const next: PageStart = {
    StartRecordName: page.NextRecordName,
    StartRecordType: page.NextRecordType,
    StartRecordIdentifier: page.NextRecordIdentifier,
  };
  if (next.StartRecordName !== undefined && PARTS.some((part) => next[part] !== start[part])) return next;
  const where = PARTS.flatMap((part) => start[part] ?? []).join(' ') || 'the first RRset';
  throw new ProviderError(
    'PROVIDER_BAD_RESPONSE',
    `cannot read the hosted zone ${zoneId} at Route 53: after the page from ${where} on it has more, and names no other page`,
  );
}

const PARTS = ['StartRecordName', 'StartRecordType', 'StartRecordIdentifier'] as const satisfies readonly (keyof PageStart)[];

/**
 * The marker of the page after one of hosted zones; undefined after the last.
 *
 * @param marker of the page itself; undefined for the first
 * @throws {ProviderError} `PROVIDER_BAD_RESPONSE` where there is more, but no next page is named, or the same again
 */
export function nextMarker(page: Partial<ListHostedZonesCommandOutput>, marker: string | undefined): string | undefined {
  if (page.IsTruncated !== true) return undefined;
  if (page.NextMarker !== undefined && page.NextMarker !== marker) return page.NextMarker;
  throw new ProviderError(
    'PROVIDER_BAD_RESPONSE',
    `cannot list the hosted zones at Route 53: after the page ${marker ?? 'without a marker'} it has more, and names no other page`,
  );
}
