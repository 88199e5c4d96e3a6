/**
 * Where providers will stand. What each of them has to do is core's contract `Provider`; it is repeated here so that whoever writes or uses one
 * needs this package alone.
 */
export type { ApplyResult, Lowered, NameChange, ObservedRRset, Provider, ProviderZone } from '@kubezone/core';
