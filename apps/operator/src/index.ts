export { loadConfig, type LoadedConfig } from './config/load-config.ts';
export type { OperatorConfig, OperatorStart } from './config/operator-config.ts';
export { main } from './main.ts';
export { type Operator, type OperatorInputs, startOperator } from './wiring.ts';
