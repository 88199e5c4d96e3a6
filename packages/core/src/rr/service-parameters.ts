/** Parameters of SVCB and HTTPS records on the wire (RFC 9460, section 2.2) and the rules that hold in both formats. */
import { ParseFailure } from '../failure.ts';
import { readUnsigned } from './unsigned.ts';

/** Service parameter keys (RFC 9460, section 14.3.2; dohpath: RFC 9461; ohttp: RFC 9540). */
export const SERVICE_PARAMETER = {
  mandatory: 0,
  alpn: 1,
  'no-default-alpn': 2,
  port: 3,
  ipv4hint: 4,
  ech: 5,
  ipv6hint: 6,
  dohpath: 7,
  ohttp: 8,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(SERVICE_PARAMETER).map(([name, key]) => [key, name]));

/** One parameter: a view into the rdata. */
export interface ServiceParameter {
  readonly key: number;
  readonly value: Uint8Array;
}

/** Prints a key: its name, or `keyNNNNN`. */
export function printParameterKey(key: number): string {
  return NAMES.get(key) ?? `key${key}`;
}

/**
 * Checks parameters: keys in strictly rising order, values of known keys of the right form, and the set consistent with itself (section 8: every
 * mandatory key is there; section 7.1.1: no-default-alpn only beside alpn).
 */
export function checkServiceParameters(octets: Uint8Array, start: number, end: number): ParseFailure | undefined {
  const values = new Map<number, Uint8Array>();
  let before = -1;
  for (let at = start; at < end;) {
    const valueEnd = at + 4 > end ? end + 1 : at + 4 + readUnsigned(octets, at + 2, 2);
    if (valueEnd > end) return new ParseFailure('TRUNCATED', 'the rdata ends inside a parameter', end);
    const key = readUnsigned(octets, at, 2);
    if (key <= before) {
      return new ParseFailure('BAD_FIELD', `${printParameterKey(key)} stands after ${printParameterKey(before)}`, at);
    }
    const value = octets.subarray(at + 4, valueEnd);
    const fault = parameterFault(key, value);
    if (fault !== undefined) return new ParseFailure('BAD_FIELD', `${printParameterKey(key)}: ${fault}`, at);
    values.set(key, value);
    before = key;
    at = valueEnd;
  }
  const fault = inconsistencyOf(values);
  return fault === undefined ? undefined : new ParseFailure('BAD_FIELD', fault, start);
}

/** The parameters of rdata that `checkServiceParameters` has accepted. */
export function readServiceParameters(octets: Uint8Array, start: number, end: number): ServiceParameter[] {
  const parameters: ServiceParameter[] = [];
  for (let at = start; at < end;) {
    const valueEnd = at + 4 + readUnsigned(octets, at + 2, 2);
    parameters.push({ key: readUnsigned(octets, at, 2), value: octets.subarray(at + 4, valueEnd) });
    at = valueEnd;
  }
  return parameters;
}

/** What is wrong with a known key's value, if anything is; nothing is known of other keys. */
export function parameterFault(key: number, value: Uint8Array): string | undefined {
  switch (key) {
    case SERVICE_PARAMETER.mandatory:
      return mandatoryFault(value);
    case SERVICE_PARAMETER.alpn:
      return alpnFault(value);
    case SERVICE_PARAMETER['no-default-alpn']:
    case SERVICE_PARAMETER.ohttp:
      return value.length === 0 ? undefined : 'no value is expected';
    case SERVICE_PARAMETER.port:
      return value.length === 2 ? undefined : 'one port number is expected';
    case SERVICE_PARAMETER.ipv4hint:
      return value.length > 0 && value.length % 4 === 0 ? undefined : 'one or more IPv4 addresses are expected';
    case SERVICE_PARAMETER.ech:
      return value.length > 0 ? undefined : 'a configuration list is expected';
    case SERVICE_PARAMETER.ipv6hint:
      return value.length > 0 && value.length % 16 === 0 ? undefined : 'one or more IPv6 addresses are expected';
    case SERVICE_PARAMETER.dohpath:
      return dohPathFault(value);
    default:
      return undefined;
  }
}

function mandatoryFault(value: Uint8Array): string | undefined {
  if (value.length === 0 || value.length % 2 !== 0) return 'one or more keys are expected';
  let before = -1;
  for (let at = 0; at < value.length; at += 2) {
    const key = readUnsigned(value, at, 2);
    if (key === SERVICE_PARAMETER.mandatory) return 'it may not list itself';
    if (key === before) return `${printParameterKey(key)} stands twice`;
    if (key < before) return `${printParameterKey(key)} stands after ${printParameterKey(before)}`;
    before = key;
  }
  return undefined;
}

function alpnFault(value: Uint8Array): string | undefined {
  let at = 0;
  do {
    const length = value[at] ?? 0;
    if (length === 0) return 'a protocol name is empty';
    at += 1 + length;
  } while (at < value.length);
  return at === value.length ? undefined : 'it ends inside a protocol name';
}

/** RFC 9461, section 5: a relative URI template in UTF-8 that has the variable `dns`. */
function dohPathFault(value: Uint8Array): string | undefined {
  const path = Buffer.from(value).toString('utf8');
  if (!path.startsWith('/') || path.includes('\uFFFD')) return 'a path in UTF-8 that begins with / is expected';
  return hasDnsVariable(path) ? undefined : 'the template has no variable "dns", such as {?dns}';
}

/**
 * Whether an expression of a URI template, `{`, an operator or none, names, `}` (RFC 6570, section 2.2), names the variable `dns`.
 *
 * By hand and not by one expression: the value comes from the network, and every character of it may be looked at a bounded number of
 * times only.
 */
function hasDnsVariable(template: string): boolean {
  let start = 0;
  for (let end = template.indexOf('}'); end >= 0; end = template.indexOf('}', start)) {
    const piece = template.slice(start, end);
    start = end + 1;
    const open = piece.lastIndexOf('{');
    if (
      open >= 0 &&
      piece
        .slice(open + 1)
        .split(',')
        .some(isDnsVariable)
    )
      return true;
  }
  return false;
}

/** One name, with the operator before the first of them and the modifier after each (`{?dns}`, `{/path,dns*}`, `{dns:64}`). */
function isDnsVariable(text: string): boolean {
  return /^[+#./;?&]?dns(?:\*|:\d{1,4})?$/.test(text);
}

function inconsistencyOf(values: ReadonlyMap<number, Uint8Array>): string | undefined {
  const mandatory = values.get(SERVICE_PARAMETER.mandatory) ?? new Uint8Array();
  for (let at = 0; at < mandatory.length; at += 2) {
    const key = readUnsigned(mandatory, at, 2);
    if (!values.has(key)) return `${printParameterKey(key)} is mandatory, but missing`;
  }
  if (values.has(SERVICE_PARAMETER['no-default-alpn']) && !values.has(SERVICE_PARAMETER.alpn)) {
    return 'no-default-alpn stands without alpn';
  }
  return undefined;
}
