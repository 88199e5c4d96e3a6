import { isFailure } from '../failure.ts';
import { scanName } from '../name/owner-name.ts';
import { scanOctets } from '../rr/character-string.ts';
import type { Token } from '../rr/tokens.ts';
import { scanDuration } from '../rr/ttl.ts';
import type { DiagnosticCode } from '../zone/diagnostic.ts';
import { type EntryFault, openFile, type OpenFile, type Reading, servedTtl, ttlFault } from './reading.ts';

/** How deep includes may be nested. */
const MAX_INCLUDE_DEPTH = 10;

/** Obeys a directive; where it cannot, tells why. */
export function readDirective(reading: Reading, file: OpenFile, tokens: readonly Token[]): EntryFault | undefined {
  const [directive, ...args] = tokens as readonly [Token, ...Token[]];
  switch (directive.text.toUpperCase()) {
    case '$ORIGIN':
      return readOrigin(file, directive, args);
    case '$TTL':
      return readTtl(reading, directive, args);
    case '$INCLUDE':
      return readInclude(reading, file, directive, args);
    default:
      return fault(directive, 'BAD_DIRECTIVE', `"${directive.text}" is no directive; there are $ORIGIN, $TTL and $INCLUDE`);
  }
}

function readOrigin(file: OpenFile, directive: Token, [name, extra]: readonly Token[]): EntryFault | undefined {
  const { origin } = file;
  // Until the next origin nobody knows where relative names stand: better none than names in the wrong place.
  file.origin = undefined;
  const left = 'all entries up to the next $ORIGIN are left out';
  if (name === undefined || extra !== undefined) {
    return fault(extra ?? directive, 'BAD_DIRECTIVE', `$ORIGIN has one argument, a name; ${left}`);
  }
  const scanned = scanName(name.text, origin);
  if (isFailure(scanned)) return fault(name, scanned.code, `$ORIGIN: ${scanned.message}; ${left}`);
  file.origin = scanned;
  return undefined;
}

function readTtl(reading: Reading, directive: Token, [ttl, extra]: readonly Token[]): EntryFault | undefined {
  if (ttl === undefined || extra !== undefined) {
    return fault(extra ?? directive, 'BAD_DIRECTIVE', '$TTL has one argument, such as 3600 or 1h30m');
  }
  const scanned = scanDuration(ttl.text);
  if (isFailure(scanned)) return fault(ttl, scanned.code, `$TTL: ${scanned.message}`);
  reading.defaultTtl = servedTtl(scanned);
  return ttlFault(scanned, ttl.offset);
}

function readInclude(
  reading: Reading,
  file: OpenFile,
  directive: Token,
  [path, originText, extra]: readonly Token[],
): EntryFault | undefined {
  // Its names would be relative to an origin that is not known.
  if (file.origin === undefined) return undefined;
  if (path === undefined || extra !== undefined) {
    return fault(extra ?? directive, 'BAD_DIRECTIVE', '$INCLUDE has a file as its argument, and may have an origin');
  }
  const origin = originText === undefined ? file.origin : scanName(originText.text, file.origin);
  if (isFailure(origin)) return fault(originText ?? directive, origin.code, `the origin of $INCLUDE: ${origin.message}`);
  const octets = scanOctets(path.text, path.offset);
  if (isFailure(octets)) return fault(path, octets.code, `the file of $INCLUDE: ${octets.message}`);
  const { include } = reading.options;
  if (include === undefined) return fault(path, 'INCLUDE_REFUSED', 'includes are not allowed here');
  if (reading.files.length > MAX_INCLUDE_DEPTH) {
    return fault(path, 'INCLUDE_LOOP', `includes are nested more than ${MAX_INCLUDE_DEPTH} deep`);
  }
  const included = include(Buffer.from(octets).toString(), file.file);
  if (included.kind === 'refusal') return fault(path, included.code, included.message);
  if (reading.files.some((open) => open.file === included.file)) {
    return fault(path, 'INCLUDE_LOOP', `${included.file} is included by itself: it is being read already`);
  }
  reading.files.push(openFile(included.file, included.text, origin, file.owner));
  return undefined;
}

function fault({ offset }: Token, code: DiagnosticCode, message: string): EntryFault {
  return { code, message, offset };
}
