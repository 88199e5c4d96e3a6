import type { ResourceRecordSet, RRType as VendorType } from '@aws-sdk/client-route-53';
import {
  canonicalRdata,
  isFailure,
  type ObservedRRset,
  type OwnerName,
  printRdata,
  printRRType,
  type ProvidedRRset,
  type Rdata,
  type RRType,
  scanRdataText,
  scanRRType,
  TYPE,
} from '@kubezone/core';

import { currentZoneId } from './alias-service.ts';
import { composeRouting, EVALUATE_TARGET_HEALTH, parseProperties } from './properties.ts';
import { printVendorName, scanVendorName, toVendorText, toZoneFileText } from './vendor-text.ts';

/** The types that Route 53 takes (API Reference, ResourceRecordSet). */
export const VENDOR_TYPES: ReadonlySet<RRType> = new Set([
  TYPE.SOA,
  TYPE.A,
  TYPE.TXT,
  TYPE.NS,
  TYPE.CNAME,
  TYPE.MX,
  TYPE.NAPTR,
  TYPE.PTR,
  TYPE.SRV,
  TYPE.SPF,
  TYPE.AAAA,
  TYPE.CAA,
  TYPE.DS,
  TYPE.TLSA,
  TYPE.SSHFP,
  TYPE.SVCB,
  TYPE.HTTPS,
]);

/** An RRset as Route 53 wants it in a change. */
export function composeRecordSet(rrset: ProvidedRRset): ResourceRecordSet {
  const { owner, type, ttl, rdatas, alias, setIdentifier, properties = {} } = rrset;
  return {
    Name: printVendorName(owner),
    Type: printRRType(type) as VendorType,
    ...(setIdentifier === undefined ? {} : { SetIdentifier: setIdentifier }),
    ...composeRouting(properties),
    ...(alias === undefined
      ? { TTL: ttl, ResourceRecords: rdatas.map((rdata) => ({ Value: toVendorText(printRdata(type, rdata)) })) }
      : {
          AliasTarget: {
            HostedZoneId: alias.zoneId,
            DNSName: printVendorName(alias.name),
            EvaluateTargetHealth: properties[EVALUATE_TARGET_HEALTH] === 'true',
          },
        }),
  };
}

/** Told of what cannot be understood; it is kept all the same. */
export type OnOddity = (message: string) => void;

/**
 * An RRset as Route 53 returns it. Rdata that is not well formed, which Route 53 has taken from somebody, stands for itself octet by octet: it is foreign, it
 * equals nothing that anybody wants, and it is still there.
 *
 * @returns undefined where not even name and type can be understood
 */
export function parseRecordSet(found: ResourceRecordSet, onOddity: OnOddity): ObservedRRset | undefined {
  const owner = scanVendorName(found.Name ?? '');
  const type = scanRRType(found.Type ?? '');
  if (isFailure(owner) || type === undefined) {
    const reason = isFailure(owner) ? owner.message : 'its type is not known';
    onOddity(`the RRset ${JSON.stringify(found.Name)} ${JSON.stringify(found.Type)} is left out: ${reason}`);
    return undefined;
  }
  const properties = parseProperties(found);
  return {
    owner,
    type,
    ttl: found.TTL ?? 0,
    rdatas: (found.ResourceRecords ?? []).map(({ Value = '' }) => parseValue(owner, type, Value, onOddity)),
    ...parseAlias(found.AliasTarget),
    ...(found.SetIdentifier === undefined ? {} : { setIdentifier: found.SetIdentifier }),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    vendor: found,
  };
}

function parseAlias(found: ResourceRecordSet['AliasTarget']): Pick<ProvidedRRset, 'alias'> {
  if (found === undefined) return {};
  const name = scanVendorName(found.DNSName ?? '');
  // A target that is no name can equal none that is wanted.
  const target = isFailure(name) ? (found.DNSName as OwnerName) : name;
  return { alias: { name: target, zoneId: currentZoneId(found.HostedZoneId ?? '') } };
}

function parseValue(owner: OwnerName, type: RRType, value: string, onOddity: OnOddity): Rdata {
  const text = toZoneFileText(value);
  const rdata = isFailure(text) ? text : scanRdataText(type, text);
  if (!isFailure(rdata)) return canonicalRdata(type, rdata);
  onOddity(`the value ${JSON.stringify(value)} of ${owner} ${printRRType(type)} is not well formed: ${rdata.message}`);
  return new Uint8Array(Buffer.from(value, 'utf8'));
}

/** What Route 53 has returned, or has been sent, for an RRset. */
export function vendorForm(rrset: ObservedRRset): ResourceRecordSet {
  return rrset.vendor as ResourceRecordSet;
}
