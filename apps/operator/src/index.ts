/**
 * The operator has no work yet, and there is no command that pretends: what it will do stands in README.md. What it will publish through is settled.
 */
export type { Provider } from '@kubezone/core';
