export type { ConfigInputs } from '@kubezone/app';
export { loadConfig, type LoadedConfig } from './config/load-config.ts';
export type { ResolverConfig } from './config/resolver-config.ts';
export { main } from './main.ts';
export { StartError } from '@kubezone/app';
export { type Resolver, type ResolverInputs, startResolver } from './wiring.ts';
