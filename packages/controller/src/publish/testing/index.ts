/** What tests of publishing share, those of whole providers too. */
export { ARES_SCENARIOS } from './ares-scenarios.ts';
export { EXTERNAL_DNS_SCENARIOS } from './external-dns-scenarios.ts';
export { MATE_SCENARIOS } from './mate-scenarios.ts';
export {
  dataOf,
  endOf,
  heldRecords,
  markerRecord,
  type PublishScenario,
  SCENARIO_CLUSTER,
  SCENARIO_OWNER,
  SCENARIO_ZONES,
  type ScenarioProvider,
  withheldOf,
} from './publish-scenario.ts';
export { desiredOf, makeCatalog, originOf } from './publish-world.ts';
export { VENDOR_SCENARIOS } from './vendor-scenarios.ts';
