import {
  discreetWhole,
  LISTEN_ADDRESS_FORM,
  listOf,
  type ListenAddress,
  LOG_FORMATS,
  LOG_LEVELS,
  nonEmpty,
  oneOf,
  optionalMap,
  type Paths,
  type Refuse,
  scanListenAddress,
  type SchemaOf,
  strictMap,
  textLeaf,
  wholeNumber,
} from '@kubezone/app';
import { MAX_TTL } from '@kubezone/core';
import * as z from 'zod/mini';

import { CONFIG_KEYS } from './config-keys.ts';
import { DEFAULT_TTL } from './defaults.ts';
import { type EntrySettings, entrySchema } from './entry-schema.ts';
import type { WebhookConfig } from './operator-config.ts';
import { isSameProvider } from './provider-settings.ts';

/** Where webhooks of external-dns listen, and where they are asked how they are ("Webhook provider", "Implementation requirements"). */
const DEFAULTS: Readonly<Record<'listen' | 'metrics', readonly ListenAddress[]>> = {
  listen: [{ address: '127.0.0.1', port: 8888 }],
  metrics: [
    { address: '0.0.0.0', port: 8080 },
    { address: '::', port: 8080 },
  ],
};

const listenAddress: SchemaOf<readonly ListenAddress[]> = textLeaf(LISTEN_ADDRESS_FORM, scanListenAddress);

/**
 * The schema of what `webhook-server` needs: providers, all of them one, and how to serve. Other keys of the file are not looked at, since what is published is external-dns's
 * to decide; but entries say nothing that would not be done.
 */
export function webhookSchema(paths: Paths): SchemaOf<WebhookConfig> {
  return z.pipe(
    strictMap({
      ...Object.fromEntries(CONFIG_KEYS.map((key) => [key, z.optional(z.unknown())])),
      providers: discreetWhole(
        nonEmpty(listOf(entrySchema(paths), 'a list of {selector, provider, providerOptions, …}'), 'at least one entry'),
        'an entry {selector, provider, providerOptions}, which says what is served',
      ),
      ttl: z._default(wholeNumber(0, MAX_TTL, 'a whole number of seconds'), DEFAULT_TTL),
      metrics: z.optional(listenAddress),
      log: z.prefault(
        strictMap({ level: z._default(oneOf(LOG_LEVELS), 'info'), format: z._default(oneOf(LOG_FORMATS), 'json') }),
        {},
      ),
      run: z.prefault(optionalMap({ listen: listenAddress }), {}),
    }),
    z.transform(({ providers, ttl, metrics, log, run }, context): WebhookConfig => {
      const refuse: Refuse = (code, path, message, input) =>
        context.issues.push({ code: 'custom', message, input, path: [...path], params: { code } });
      const [first] = providers;
      if (first === undefined) return z.NEVER;
      for (const [index, entry] of providers.entries()) {
        if (!isSameProvider(entry.provider, first.provider))
          refuse(
            'EXCLUDED',
            ['providers', index, 'provider'],
            'expected one provider alone: another one takes another webhook-server',
          );
        for (const key of ignoredKeys(entry))
          refuse(
            'EXCLUDED',
            ['providers', index, key],
            'not allowed with webhook-server: external-dns decides what is published',
          );
      }
      return {
        name: first.name ?? first.provider.kind,
        provider: first.provider,
        selectors: providers.flatMap((entry) => entry.selectors),
        excludeNames: providers.flatMap((entry) => entry.excludeNames),
        ttl,
        listen: run.listen ?? DEFAULTS.listen,
        metrics: metrics ?? DEFAULTS.metrics,
        log,
      };
    }),
  );
}

/** Keys of an entry that would not be heeded. */
function ignoredKeys(entry: EntrySettings): string[] {
  const { view, sources, filters, recordTypes, targets, minTtl, policy, dryRun } = entry;
  const said = { sources, filters, recordTypes, targets, policy, dryRun };
  return [
    ...Object.entries(said).flatMap(([key, value]) => (value === undefined ? [] : [key])),
    ...(view === '' ? [] : ['view']),
    ...(minTtl === 0 ? [] : ['minTtl']),
  ];
}
