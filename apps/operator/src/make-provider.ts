import { StartError } from '@kubezone/app';
import type { Clock, Logger, Provider } from '@kubezone/core';
import {
  CLOUDFLARE_RATE,
  createCloudflareProvider,
  createGoogleProvider,
  createRfc2136Provider,
  createRoute53Provider,
  createStdoutProvider,
  createWebhookProvider,
  MemoryProvider,
} from '@kubezone/providers';

import type { ProviderEntry } from './config/operator-config.ts';
import type { ProviderSettings } from './config/provider-settings.ts';

/** What providers need from outside. */
export interface ProviderInputs {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the provider `stdout` prints. @default the process's standard output */
  readonly write?: (line: string) => void;
}

/**
 * Makes the providers of entries, by their names: entries with equal settings share one. Nothing is connected to yet.
 *
 * @throws {StartError} where settings are such as only the provider can tell that they are wrong; without their text
 */
export function makeProviders(
  entries: readonly Pick<ProviderEntry, 'name' | 'provider'>[],
  inputs: ProviderInputs,
): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>();
  for (const [index, { name, provider }] of entries.entries()) {
    if (providers.has(name)) continue;
    try {
      providers.set(name, makeProvider(name, provider, inputs));
    } catch (error) {
      // Providers say in a RangeError what is wrong, and keep secrets to themselves. Of other errors nobody knows what they quote.
      if (!(error instanceof RangeError)) throw error;
      throw new StartError(2, [`providers[${index}].providerOptions: ${error.message} [BAD_VALUE]`]);
    }
  }
  return providers;
}

function makeProvider(name: string, settings: ProviderSettings, inputs: ProviderInputs): Provider {
  switch (settings.kind) {
    case 'cloudflare':
      return createCloudflareProvider({ ...settings.options, name }, inputs);
    case 'route53':
      return createRoute53Provider({ ...settings.options, name }, inputs);
    case 'google':
      return createGoogleProvider({ ...settings.options, name }, inputs);
    case 'rfc2136':
      return createRfc2136Provider({ ...settings.options, name }, inputs);
    case 'webhook':
      return createWebhookProvider({ ...settings.options, name }, inputs);
    case 'memory':
      return new MemoryProvider({ ...settings.options, name });
    case 'stdout':
      return createStdoutProvider({ ...settings.options, name }, inputs.write === undefined ? {} : { write: inputs.write });
    default:
      return settings satisfies never;
  }
}

/** How many calls a second providers take, where it is published: audits use a fifth. */
export function callsPerSecond(settings: ProviderSettings): number | undefined {
  switch (settings.kind) {
    case 'cloudflare':
      return settings.options.requestsPerSecond ?? CLOUDFLARE_RATE.perSecond;
    // Developer Guide, "Quotas": ten requests a second for an account; half of it for other programs' sake.
    case 'route53':
      return settings.options.requestsPerSecond ?? 5;
    case 'google':
      return settings.options.requestsPerSecond ?? 10;
    case 'rfc2136':
    case 'webhook':
    case 'memory':
    case 'stdout':
      return undefined;
    default:
      return settings satisfies never;
  }
}
