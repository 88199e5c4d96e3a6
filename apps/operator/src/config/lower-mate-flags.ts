import { asMap, excluded, type FlagValues, type LoweringTarget, quoteFound } from '@kubezone/app';

import { CONSUMERS, PRODUCERS } from './flags.ts';

/** Flags that say something only with one producer or consumer. */
const BELONGING: Readonly<Record<string, { readonly of: 'consumer' | 'producer'; readonly is: string }>> = {
  'kubernetes-format': { of: 'producer', is: 'kubernetes' },
  'kubernetes-track-node-ports': { of: 'producer', is: 'kubernetes' },
  'kubernetes-filter': { of: 'producer', is: 'kubernetes' },
  'aws-record-group-id': { of: 'consumer', is: 'aws' },
  'google-project': { of: 'consumer', is: 'google' },
  'google-record-group-id': { of: 'consumer', is: 'google' },
  'fake-dnsname': { of: 'producer', is: 'fake' },
  'fake-mode': { of: 'producer', is: 'fake' },
  'fake-target-domain': { of: 'producer', is: 'fake' },
  'fake-fixed-dnsname': { of: 'producer', is: 'fake' },
  'fake-fixed-ip': { of: 'producer', is: 'fake' },
  'fake-fixed-hostname': { of: 'producer', is: 'fake' },
};

/**
 * Brings Mate's flags into the shape of the file:
 *
 *     --producer kubernetes --kubernetes-format F      sources: [service, ingress], template: F
 *     --consumer aws --aws-record-group-id G           providers: [{provider: route53, selector: [.]}], owner: {id: G, adopt: [mate/G]}
 */
export function lowerMateFlags(values: FlagValues, target: LoweringTarget): void {
  for (const [flag, { of, is }] of Object.entries(BELONGING)) {
    if (!values.has(flag) || values.get(of)?.at(-1) === is) continue;
    target.mistakes.push(...excluded({ [flag]: values.get(flag)?.at(-1) }, `expected --${of} ${is} beside it`));
  }
  if (values.get('debug')?.at(-1) === 'true' && !values.has('log-level')) {
    target.content['log'] = { ...asMap(target.content['log']), level: 'debug' };
    target.mark(['log', 'level'], 'debug');
  }
  lowerServer(values, target);
  lowerProducer(values, target);
  lowerConsumer(values, target);
}

function lowerServer(values: FlagValues, { content, mark, mistakes }: LoweringTarget): void {
  const server = values.get('kubernetes-server')?.at(-1);
  // Mate's default: in-cluster.
  if (server === undefined || server === '') return;
  const [manifests, kubeconfig, context] = (['manifests', 'kubeconfig', 'context'] as const).map((flag) =>
    values.get(flag)?.at(-1),
  );
  mistakes.push(...excluded({ manifests, kubeconfig, context }, 'not allowed beside --kubernetes-server'));
  delete content['manifests'];
  content['clusters'] = [{ server }];
  mark(['clusters', 0, 'server'], 'kubernetes-server');
}

function lowerProducer(values: FlagValues, target: LoweringTarget): void {
  const { content, mark, mistakes } = target;
  const producer = values.get('producer')?.at(-1);
  if (producer === undefined) return;
  if (values.has('source')) mistakes.push(...excluded({ producer }, 'not allowed beside --source'));
  switch (producer) {
    case 'kubernetes': {
      const format = values.get('kubernetes-format')?.at(-1);
      const ports = values.get('kubernetes-track-node-ports')?.at(-1) === 'true';
      if (format === undefined || format === '')
        mistakes.push(missing('kubernetes-format', 'expected a template such as {{.Namespace}}-{{.Name}}.example.com'));
      else {
        content['template'] = format;
        mark(['template'], 'kubernetes-format');
      }
      content['sources'] = ['service', 'ingress', ...(ports ? ['nodeport'] : [])];
      const filters = values.get('kubernetes-filter') ?? [];
      const stray = filters.find((filter) => !/^[^=!]+=[^=]*$/.test(filter));
      if (stray !== undefined)
        mistakes.push({ code: 'BAD_VALUE', at: '--kubernetes-filter', found: quoteFound(stray), expected: 'expected KEY=VALUE' });
      if (filters.length > 0) {
        content['filters'] = { ...asMap(content['filters']), annotation: filters.join(',') };
        mark(['filters', 'annotation'], 'kubernetes-filter');
      }
      break;
    }
    case 'fake':
      content['sources'] = ['fake'];
      lowerFake(values, target);
      break;
    case 'null':
      delete content['sources'];
      content['run'] = { ...asMap(content['run']), noSources: true };
      break;
    default:
      mistakes.push(unknown('producer', producer, PRODUCERS));
      // Lest what follows from it be reported as a mistake of its own; the same below.
      content['sources'] = ['service'];
  }
  mark(['sources'], 'producer');
}

function lowerFake(values: FlagValues, { content, mark, mistakes }: LoweringTarget): void {
  const last = (flag: string): string | undefined => values.get(flag)?.at(-1);
  const mode = last('fake-mode') ?? 'ip';
  const [ip, hostname] = [last('fake-fixed-ip'), last('fake-fixed-hostname')];
  if (ip !== undefined && hostname !== undefined)
    mistakes.push(...excluded({ 'fake-fixed-hostname': hostname }, 'not allowed beside --fake-fixed-ip'));
  const domain = mode === 'fixed' ? last('fake-dnsname') : (last('fake-dnsname') ?? 'example.org.');
  const parts: readonly (readonly [string, string, string | undefined])[] = [
    ['mode', 'fake-mode', mode],
    ['domain', 'fake-dnsname', domain],
    ['targetDomain', 'fake-target-domain', last('fake-target-domain')],
    ['host', 'fake-fixed-dnsname', last('fake-fixed-dnsname')],
    ['target', ip === undefined ? 'fake-fixed-hostname' : 'fake-fixed-ip', ip ?? hostname],
  ];
  content['fake'] = Object.fromEntries(parts.flatMap(([key, , value]) => (value === undefined ? [] : [[key, value]])));
  for (const [key, flag] of parts) mark(['fake', key], flag);
}

function lowerConsumer(values: FlagValues, { content, mark, mistakes }: LoweringTarget): void {
  const consumer = values.get('consumer')?.at(-1);
  if (consumer === undefined) {
    if (values.has('producer') && !values.has('provider') && content['providers'] === undefined) {
      mistakes.push(missing('consumer', `expected one of ${Object.keys(CONSUMERS).join(', ')}; or --provider`));
      content['providers'] = [{ provider: 'route53', selector: ['.'] }];
      content['owner'] = { id: 'unknown', ...asMap(content['owner']) };
    }
    return;
  }
  if (!Object.hasOwn(CONSUMERS, consumer)) {
    mistakes.push(unknown('consumer', consumer, Object.keys(CONSUMERS)));
    content['providers'] = [{ provider: 'route53', selector: ['.'] }];
    content['owner'] = { id: 'unknown', ...asMap(content['owner']) };
    return;
  }
  const provider = CONSUMERS[consumer as keyof typeof CONSUMERS];
  const project = values.get('google-project')?.at(-1);
  content['providers'] = [{ provider, ...(project === undefined ? {} : { providerOptions: { project } }) }];
  mark(['providers'], 'consumer');
  if (consumer === 'google' && (project === undefined || project === ''))
    mistakes.push(missing('google-project', 'expected the id of the project that holds the zones'));
  if (consumer === 'stdout') {
    // It printed whatever it was given.
    if (!values.has('zone')) content['providers'] = [{ provider, providerOptions: { zones: ['.'] } }];
    // It marked nothing, so there is nobody whom it could be taken for.
    if (!values.has('owner-id') && asMap(content['owner'])['id'] === undefined)
      content['owner'] = { ...asMap(content['owner']), id: 'mate' };
    return;
  }
  const flag = `${consumer}-record-group-id`;
  const group = values.get(flag)?.at(-1);
  if (group === undefined || group === '') {
    mistakes.push(missing(flag, "expected the id by which Mate's records are told from others"));
    content['owner'] = { id: 'unknown', ...asMap(content['owner']) };
    return;
  }
  const owner = asMap(content['owner']);
  const adopt = Array.isArray(owner['adopt']) ? (owner['adopt'] as readonly unknown[]) : [];
  content['owner'] = { ...owner, id: values.get('owner-id')?.at(-1) ?? group, adopt: [...adopt, `mate/${group}`] };
  if (!values.has('owner-id')) mark(['owner', 'id'], flag);
}

function missing(flag: string, expected: string): LoweringTarget['mistakes'][number] {
  return { code: 'MISSING', at: `--${flag}`, expected };
}

function unknown(flag: string, found: string, words: readonly string[]): LoweringTarget['mistakes'][number] {
  return { code: 'BAD_VALUE', at: `--${flag}`, found: quoteFound(found), expected: `expected one of ${words.join(', ')}` };
}
