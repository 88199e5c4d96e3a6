export { type ConfigInputs, loadConfig, type LoadedConfig } from './config/load-config.ts';
export type { ResolverConfig } from './config/resolver-config.ts';
export { main } from './main.ts';
export { StartError } from './start-error.ts';
export { type Resolver, type ResolverInputs, startResolver } from './wiring.ts';
