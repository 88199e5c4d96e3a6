import {
  HttpListenError,
  isListenFailure,
  type ListenAddress,
  listenEverywhere,
  printListenAddress,
  serveProbes,
  StartError,
  VERSION,
} from '@kubezone/app';
import { type NameSelector, printSelector } from '@kubezone/controller';
import { type Clock, isAtOrBelow, type Logger, type OwnerName, ProviderError } from '@kubezone/core';
import { WebhookServer } from '@kubezone/providers';

import type { WebhookConfig } from './config/operator-config.ts';
import { makeProviders } from './make-provider.ts';

/** What the command needs from outside. */
export interface WebhookInputs {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes what the provider `stdout` prints. */
  readonly print: (text: string) => void;
}

/** A running webhook server. */
export interface RunningWebhook {
  /** Where external-dns finds it. */
  readonly addresses: readonly ListenAddress[];
  /** Where metrics and health are served. */
  readonly probeAddresses: readonly ListenAddress[];
  /** Ends the change that is being made, and all else. */
  readonly stop: () => Promise<void>;
}

/**
 * Serves a provider to external-dns, by its webhook protocol; and metrics and health.
 *
 * @throws {StartError} where an address cannot be had, or the provider's options are wrong
 */
export async function serveWebhook(config: WebhookConfig, { clock, logger, print }: WebhookInputs): Promise<RunningWebhook> {
  const [provider] = makeProviders([config], { clock, logger, write: print }).values();
  if (provider === undefined) throw new Error('a configuration without provider');
  const server = new WebhookServer({
    provider,
    clock,
    logger,
    serves: servedBy(config),
    excludes: config.excludeNames,
    defaultTtl: config.ttl,
  });
  let running = true;
  try {
    const addresses = await listen(server, config.listen, logger);
    const { registerWebhookMetrics } = await import('./webhook-metrics.ts');
    const registry = registerWebhookMetrics({ version: VERSION, provider: config.name, status: () => server.status() });
    const probes = await serveProbes(
      config.metrics,
      {
        liveness: () => ({ ok: true, reasons: [] }),
        readiness: () => {
          const { failure } = server.status();
          const notes = failure === undefined ? {} : { notes: [`provider ${config.name}: ${failure}`] };
          return { ok: running, reasons: running ? [] : ['shutting down'], ...notes };
        },
        metrics: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
      },
      logger,
    );
    logger.info('serving a provider to external-dns', {
      version: VERSION,
      node: process.version,
      provider: config.name,
      listen: addresses.map(printListenAddress),
      metrics: probes.addresses.map(printListenAddress),
    });
    const open = addresses.filter(({ address }) => !/^(?:127\.|::1$)/.test(address));
    if (open.length > 0)
      logger.warn('whoever reaches these addresses may change the zones', { listen: open.map(printListenAddress) });
    void tellZones(server, config, logger);
    return {
      addresses,
      probeAddresses: probes.addresses,
      stop: async () => {
        running = false;
        await server.close();
        await probes.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Which zones are served. Of names that are excluded in them external-dns is told. */
function servedBy({ selectors, excludeNames }: WebhookConfig): (apex: OwnerName) => boolean {
  const selects = (some: readonly NameSelector[], apex: OwnerName): boolean =>
    some.some(({ name, belowOnly }) => isAtOrBelow(apex, name) && !(belowOnly && apex === name));
  return (apex) => selects(selectors, apex) && !selects(excludeNames, apex);
}

async function listen(
  server: WebhookServer,
  wanted: readonly ListenAddress[],
  logger: Logger,
): Promise<readonly ListenAddress[]> {
  // What is had is kept where the rest is tried again.
  const had: ListenAddress[] = [];
  const listener = {
    listen: async (addresses: readonly ListenAddress[]): Promise<readonly ListenAddress[]> => {
      for (const { address, port } of addresses.slice(had.length)) {
        try {
          had.push({ address, port: await server.listen(port, address) });
        } catch (error) {
          throw new HttpListenError(address, port, error as NodeJS.ErrnoException);
        }
      }
      return had;
    },
  };
  try {
    return await listenEverywhere(listener, wanted, logger);
  } catch (error) {
    if (!isListenFailure(error)) throw error;
    throw new StartError(1, [`cannot serve external-dns on ${printListenAddress(error)}: ${error.message} [${error.code}]`], {
      cause: error,
    });
  }
}

/** Nobody need wait for external-dns to learn that credentials are wrong. */
async function tellZones(server: WebhookServer, { name, selectors }: WebhookConfig, logger: Logger): Promise<void> {
  try {
    const zones = await server.zones();
    if (zones.length === 0)
      logger.warn('a provider has no zone that is asked for', { provider: name, selectors: selectors.map(printSelector) });
    else logger.info('the zones of a provider are known', { provider: name, zones });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.warn('the zones of a provider cannot be listed', { provider: name, code: error.code, reason: error.message });
  }
}
