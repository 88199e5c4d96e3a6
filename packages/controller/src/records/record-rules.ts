import { TYPE } from '@kubezone/core';

/**
 * What a Record has to be. The definition of the resource (charts/kubezone/crds) says the same, in the same words; an object that reaches a
 * source all the same comes from a manifest, or from an API server with an older definition.
 */
export const RECORD_RULES = {
  oneOrigin: 'exactly one of value and valueFrom',
  typeBesideValue: 'a type beside value',
  addressTypes: 'A or AAAA with valueFrom, or no type for both',
  noSoa: 'another type than SOA: a zone has one SOA, at its apex, and makes it itself',
  ipv4: 'an IPv4 address in each value of type A',
  ipv6: 'an IPv6 address in each value of type AAAA',
  oneCname: 'one value of type CNAME',
  domainNames: 'a domain name, not an address, in each value of type ALIAS, CNAME, NS or PTR',
  mailExchange: 'a preference and a host name, such as "10 mail.example.com", in each value of type MX',
  service: 'priority, weight, port and a host name, such as "0 10 5060 sip.example.com", in each value of type SRV',
  fqdn: 'a domain name of at most 253 characters: labels of 1 to 63 letters, digits, "-" inside and "_", and an asterisk as the first label at most',
  unreserved: 'a name without the labels _owner, _owner-… and _wildcard, which are kept for ownership markers',
  selector: 'at least one of matchLabels and matchExpressions',
} as const;

/** `ALIAS`: no type of the DNS, but the addresses of other names. */
export const ALIAS = 'ALIAS';

/** Types of which a Record may state the data, as they are written. SOA is the zone's own. */
export const RECORD_TYPES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    A: TYPE.A,
    AAAA: TYPE.AAAA,
    CNAME: TYPE.CNAME,
    MX: TYPE.MX,
    NS: TYPE.NS,
    PTR: TYPE.PTR,
    SRV: TYPE.SRV,
    TXT: TYPE.TXT,
    CAA: TYPE.CAA,
    HTTPS: TYPE.HTTPS,
    NAPTR: TYPE.NAPTR,
    SSHFP: TYPE.SSHFP,
    SVCB: TYPE.SVCB,
    TLSA: TYPE.TLSA,
    DNSKEY: TYPE.DNSKEY,
    DS: TYPE.DS,
    NSEC: TYPE.NSEC,
    NSEC3: TYPE.NSEC3,
    NSEC3PARAM: TYPE.NSEC3PARAM,
    RRSIG: TYPE.RRSIG,
  }),
);

/** What a Record may be of, as messages list it. */
export const RECORD_TYPE_NAMES: readonly string[] = [...RECORD_TYPES.keys(), ALIAS];

/** Which addresses of nodes a Record may ask for. */
export const RECORD_ADDRESS_TYPES = ['ExternalIP', 'InternalIP'] as const;
export type RecordAddressType = (typeof RECORD_ADDRESS_TYPES)[number];

/** How many values a Record may have, and how many characters each of them. */
export const MAX_VALUES = 500;
export const MAX_VALUE_LENGTH = 4096;
