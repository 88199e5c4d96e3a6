import { ARES_SCENARIOS } from './ares-scenarios.ts';
import { EXTERNAL_DNS_SCENARIOS } from './external-dns-scenarios.ts';
import { MATE_SCENARIOS } from './mate-scenarios.ts';
import type { PublishScenario } from './publish-scenario.ts';
import { VENDOR_SCENARIOS } from './vendor-scenarios.ts';

/** Every scenario, by who knows it. */
export const EVERY_SCENARIO: readonly (readonly [who: string, scenarios: readonly PublishScenario[]])[] = [
  ['external-dns users', EXTERNAL_DNS_SCENARIOS],
  ['Mate users', MATE_SCENARIOS],
  ['ARES users', ARES_SCENARIOS],
  ['users of several vendors', VENDOR_SCENARIOS],
];
