import { CLUSTER_SOURCES } from '@kubezone/controller';

/** The sources that `sources` may name. */
export const SOURCE_NAMES: readonly [...typeof CLUSTER_SOURCES, 'zone-file'] = [...CLUSTER_SOURCES, 'zone-file'];

/** One of the sources that exist. */
export type SourceName = (typeof SOURCE_NAMES)[number];
