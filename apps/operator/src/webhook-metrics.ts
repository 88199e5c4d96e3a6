import { counter, gauge } from '@kubezone/app/metrics';
import type { WebhookServerStatus } from '@kubezone/providers';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** What the metrics of a webhook server are read from, at each scrape. */
export interface WebhookMetricsInputs {
  readonly version: string;
  readonly provider: string;
  readonly status: () => WebhookServerStatus;
}

/** Registers every metric of `webhook-server`, and those of the process. */
export function registerWebhookMetrics({ version, provider, status }: WebhookMetricsInputs): Registry {
  const registry = new Registry();
  counter(
    registry,
    'kubezone_webhook_requests_total',
    'Requests of external-dns, by what was asked and the status of the answer.',
    ['provider', 'route', 'status'],
    (set) => {
      for (const { route, status: code, count } of status().requests) set({ provider, route, status: String(code) }, count);
    },
  );
  counter(
    registry,
    'kubezone_webhook_names_total',
    'Names that external-dns wanted changed: those that were, and reasons why others were not.',
    ['provider', 'result'],
    (set) => {
      for (const [result, count] of Object.entries(status().names)) set({ provider, result }, count);
    },
  );
  gauge(
    registry,
    'kubezone_webhook_provider_up',
    '1 unless the provider could not be read the last time that it was asked.',
    ['provider'],
    (set) => set({ provider }, Number(status().failure === undefined)),
  );
  gauge(registry, 'kubezone_build_info', 'Always 1; the labels say what runs.', ['version', 'node'], (set) => {
    set({ version, node: process.version }, 1);
  });
  collectDefaultMetrics({ register: registry });
  return registry;
}
