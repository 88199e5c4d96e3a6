import { type FlagValues, type LoweringTarget, quoteFound } from '@kubezone/app';
import { MAIL_ADDRESS, NAME_SERVERS_TEXT } from './zone-schema.ts';
import type { FlagName } from './flags.ts';

/** Flags that describe the zones which `--zone` names. */
const SOA_FLAGS = [
  ['soa-refresh', 'refresh'],
  ['soa-retry', 'retry'],
  ['soa-expire', 'expire'],
  ['soa-ttl', 'ttl'],
  ['soa-neg-ttl', 'negativeTtl'],
] as const;

/** Makes entries of `zones` of the flags that describe zones, behind those of the file. */
export function lowerZones(values: FlagValues, { content, mark, mistakes, resolvePath }: LoweringTarget): void {
  const names = values.get('zone') ?? [];
  const files = values.get('zone-file') ?? [];
  const inFile: readonly unknown[] = Array.isArray(content['zones']) ? content['zones'] : [];
  if (names.length === 0 && files.length + inFile.length > 0) {
    const stray = (
      ['soa-ns', 'soa-email', ...SOA_FLAGS.map(([flag]) => flag), ...(files.length === 0 ? ['ttl' as const] : [])] as const
    ).filter((flag) => values.has(flag));
    for (const flag of stray) {
      const found = quoteFound(values.get(flag)?.at(-1));
      mistakes.push({ code: 'EXCLUDED', at: `--${flag}`, found, expected: 'expected --zone beside it, whose zone it describes' });
    }
  }
  if (names.length === 0 && files.length === 0) return;
  for (const flag of ['soa-ns', 'soa-email'] as const) {
    const count = values.get(flag)?.length ?? 0;
    if (names.length > 0 && count === 0) {
      mistakes.push({
        code: 'MISSING',
        at: `--${flag}`,
        expected: `expected ${flag === 'soa-ns' ? NAME_SERVERS_TEXT : MAIL_ADDRESS}`,
      });
    }
    if (names.length === 0 || count <= 1 || count === names.length) continue;
    const expected = `expected it once for all zones, or once for each of the ${names.length} --zone, in their order`;
    mistakes.push({ code: 'BAD_VALUE', at: `--${flag}`, found: `it ${count} times`, expected });
  }

  const zones: unknown[] = [...inFile];
  const ttl = values.get('ttl')?.at(-1);
  const add = (name: string, flag: FlagName, rest: Readonly<Record<string, unknown>>): void => {
    mark(['zones', zones.length], flag);
    mark(['zones', zones.length, 'ttl'], 'ttl');
    zones.push({ name, ...(ttl === undefined ? {} : { ttl }), ...rest });
  };
  const nth = (flag: FlagName, index: number): string | undefined => {
    const given = values.get(flag) ?? [];
    return given[index] ?? given[0];
  };

  for (const [index, name] of names.entries()) {
    const at = zones.length;
    const soa: Record<string, unknown> = { email: nth('soa-email', index) };
    mark(['zones', at, 'soa'], 'soa-email');
    for (const [flag, key] of SOA_FLAGS) {
      const value = values.get(flag)?.at(-1);
      if (value === undefined) continue;
      soa[key] = value;
      mark(['zones', at, 'soa', key], flag);
    }
    mark(['zones', at, 'nameservers'], 'soa-ns');
    add(name, 'zone', { soa, nameservers: nth('soa-ns', index) });
  }
  for (const text of files) {
    const equals = text.indexOf('=');
    if (equals <= 0 || equals === text.length - 1) {
      mistakes.push({
        code: 'BAD_VALUE',
        at: '--zone-file',
        found: quoteFound(text),
        expected: 'expected ZONE=PATH, such as example.com=example.zone',
      });
      continue;
    }
    mark(['zones', zones.length, 'file'], 'zone-file');
    add(text.slice(0, equals), 'zone-file', { file: resolvePath(text.slice(equals + 1)) });
  }
  content['zones'] = zones;
}
