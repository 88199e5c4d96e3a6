/** What tests of publishing share, those of whole providers too. */
export { EVERY_SCENARIO } from './every-scenario.ts';
export { fixedLookUp } from './fixed-look-up.ts';
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
