import { type NameWrite, type ObservedRRset, type RRsetWrite, sameProvided } from '@kubezone/core';

import type { Changes, Endpoint } from './endpoint.ts';
import { composeEndpoint, observedEndpoint, webhookForm } from './endpoint-rrset.ts';
import type { LearnedForms } from './learned-forms.ts';

/** One RRset's passage, as it is told to a webhook. */
export interface Step {
  readonly write: RRsetWrite;
  /** What goes; undefined for what comes anew. */
  readonly old: Endpoint | undefined;
  /** What comes; undefined for what goes for good. */
  readonly wanted: Endpoint | undefined;
}

/** How many requests a name's write is divided into at most. */
export const PHASES = 3;

/**
 * Divides a name's write into what may be sent together.
 *
 *     what goes  →  our marker  →  former markers, what changes and comes
 *
 * The protocol has no order within a request, and no request is done whole or not at all. In this order no data of ours is ever without a marker, wherever the work
 * is cut short. Most writes have one phase or two: a new address under a marker that stays is one.
 *
 * @returns `PHASES` lists, some of them empty, or a sentence where the write cannot be made
 */
export function phasesOf({ owner, writes }: NameWrite, learned: LearnedForms): readonly (readonly Step[])[] | string {
  const needed = writes
    .filter(({ before, after }) => before !== undefined || after !== undefined)
    .filter(({ before, after }) => before === undefined || after === undefined || !sameProvided(before, after));
  const fixed = needed.find(({ before }) => before !== undefined && webhookForm(before).untouchable !== undefined)?.before;
  if (fixed !== undefined) return `${fixed.owner} cannot be changed: ${webhookForm(fixed).untouchable}`;
  const isData = ({ before, after }: RRsetWrite): boolean => (before ?? after)?.owner === owner;
  const firstKept = needed.findIndex((write) => write.after !== undefined || !isData(write));
  const goes = firstKept < 0 ? needed.length : firstKept;
  const marker = goes < needed.length && !isData(needed[goes] as RRsetWrite) ? 1 : 0;
  const steps = needed.map((write) => stepOf(write, learned));
  return [steps.slice(0, goes), steps.slice(goes, goes + marker), steps.slice(goes + marker)];
}

function stepOf(write: RRsetWrite, learned: LearnedForms): Step {
  const { before, after } = write;
  const old = before && observedEndpoint(before);
  return { write, old, wanted: after && composeEndpoint(learned.sent(after), before) };
}

/** The changes that some steps are. */
export function changesOf(steps: readonly Step[]): Changes {
  const pairs = steps.filter(
    (step): step is Step & { old: Endpoint; wanted: Endpoint } => step.old !== undefined && step.wanted !== undefined,
  );
  return {
    create: steps.flatMap(({ old, wanted }) => (old === undefined && wanted !== undefined ? [wanted] : [])),
    updateOld: pairs.map(({ old }) => old),
    updateNew: pairs.map(({ wanted }) => wanted),
    delete: steps.flatMap(({ old, wanted }) => (old !== undefined && wanted === undefined ? [old] : [])),
  };
}

/** How far steps have come, by what is shown of their RRsets now. */
export type Progress = 'done' | 'untouched' | 'mixed';

/**
 * Judges steps by what a reading shows.
 *
 * @param found what stands there now, by `providedKey`
 */
export function progressOf(
  steps: readonly Step[],
  keyOf: (step: Step) => string,
  found: ReadonlyMap<string, ObservedRRset>,
): Progress {
  const states = new Set(steps.map((step) => progressOfStep(step, found.get(keyOf(step)))));
  const [first = 'done'] = states;
  return states.size > 1 ? 'mixed' : first;
}

function progressOfStep({ write: { before, after } }: Step, now: ObservedRRset | undefined): Progress {
  if (now === undefined) return after === undefined ? 'done' : before === undefined ? 'untouched' : 'mixed';
  if (before !== undefined && sameProvided(now, before)) return 'untouched';
  if (after === undefined) return 'mixed';
  if (sameProvided(now, after)) return 'done';
  // With a TTL or properties of the webhook's own, but with our data where others stood.
  const { ttl } = now;
  const inForm = { ...after, ttl, properties: now.properties ?? {} };
  const hadOurData = before !== undefined && sameProvided({ ...before, ttl, properties: now.properties ?? {} }, inForm);
  return !hadOurData && sameProvided(now, inForm) ? 'done' : 'mixed';
}
