import * as z from 'zod/mini';

import { optionalMap, type SchemaOf, textLeaf, trueOrFalse } from './leaf.ts';

/** Which Events are written: those about what is wrong, all, or none. */
export const EVENTS = ['warnings', 'all', 'none'] as const;

/** What is written to the API of clusters, by the one of several processes that leads. */
export interface ReportConfig {
  readonly events: (typeof EVENTS)[number];
  /** Where the Lease is; what is left out has a default. */
  readonly lease: { readonly namespace?: string; readonly name?: string };
}

/** The content of `leaderElection`. */
export type LeaderElection = { readonly enabled: boolean } & ReportConfig['lease'];

/** A name of RFC 1123: labels with dots between them. */
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const nameOf = (what: string): SchemaOf<string> =>
  textLeaf(`the name of a ${what}`, (text) => (NAME.test(text) ? text : undefined));

/** The schema of `leaderElection`. */
export const leaderElectionSchema: SchemaOf<LeaderElection> = z.pipe(
  optionalMap({ enabled: trueOrFalse(), namespace: nameOf('namespace'), name: nameOf('Lease') }),
  z.transform((given): LeaderElection => ({ enabled: false, ...given })),
);
