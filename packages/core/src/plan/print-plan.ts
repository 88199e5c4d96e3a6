import type { Origin } from '../catalog/name-change.ts';
import { printRRType } from '../rr/rr-type.ts';
import type { HeldChanges } from './change-limiter.ts';
import type { NamePlan, PlannedChange } from './name-plan.ts';
import { printValues, type RRsetDocument, rrsetDocument } from './print-rrset.ts';
import { printUnit } from './rrset-unit.ts';
import type { Withheld } from './withheld.ts';

/** A zone's plan, to be shown. */
export interface ShownPlan {
  /** The zone, as the user knows it. */
  readonly zone: string;
  readonly provider: string;
  readonly names: readonly NamePlan[];
  /** What is withheld of names that are not planned. */
  readonly adoptable?: readonly (Omit<Withheld, 'code'> & { readonly code: string })[];
  /** What waits for a person. @default nothing */
  readonly held?: readonly HeldChanges[];
}

/** A plan as plain data: the form of `--plan-output json`. */
export interface PlanDocument {
  readonly zone: string;
  readonly provider: string;
  readonly summary: {
    readonly create: number;
    readonly update: number;
    readonly delete: number;
    readonly adopt: number;
    readonly withheld: number;
  };
  readonly changes: readonly {
    readonly action: PlannedChange['action'];
    readonly owner: string;
    readonly before: readonly RRsetDocument[];
    readonly after: readonly RRsetDocument[];
    /** `cluster/Kind/namespace/name`. */
    readonly objects: readonly string[];
  }[];
  readonly adopted: readonly { readonly owner: string; readonly from: readonly string[] }[];
  readonly withheld: readonly {
    readonly code: string;
    readonly owner: string;
    readonly type?: string;
    readonly setIdentifier?: string;
    readonly message: string;
    readonly objects: readonly string[];
  }[];
  readonly held?: readonly Pick<HeldChanges, 'action' | 'sha256' | 'operations'>[];
}

/** Makes the document of a plan. */
export function planDocument({ zone, provider, names, adoptable = [], held = [] }: ShownPlan): PlanDocument {
  const changes = names.flatMap((plan) => changesOf(plan));
  const withheld = [...names.flatMap((plan) => plan.withheld), ...adoptable];
  const adopted = names.filter((plan) => plan.adopted.length > 0);
  const count = (action: PlannedChange['action']): number => changes.filter(({ change }) => change.action === action).length;
  return {
    zone,
    provider,
    summary: {
      create: count('create'),
      update: count('update'),
      delete: count('delete'),
      adopt: adopted.length,
      withheld: withheld.length,
    },
    changes: changes.map(({ owner, change: { action, before, after, origins } }) => ({
      action,
      owner,
      before: before.map((rrset) => rrsetDocument(rrset)),
      after: after.map((rrset) => rrsetDocument(rrset)),
      objects: origins.map(printOrigin),
    })),
    adopted: adopted.map(({ owner, adopted: from }) => ({ owner, from })),
    withheld: withheld.map(({ code, owner, type, setIdentifier, message, origins }) => ({
      code,
      owner,
      ...(type !== undefined && { type: printRRType(type) }),
      ...(setIdentifier !== undefined && { setIdentifier }),
      message,
      objects: origins.map(printOrigin),
    })),
    ...(held.length > 0 && { held: held.map(({ action, sha256, operations }) => ({ action, sha256, operations })) }),
  };
}

/**
 * Prints a plan for a person, a line for each value that comes or goes and for each thing that is withheld.
 *
 *     zone example.com. at cloudflare: 1 to create, 1 to update, 0 to delete, 0 to adopt, 1 withheld
 *     + new.example.com. 300 A 192.0.2.1                      (prod/Ingress/shop/web)
 *     ~ www.example.com. 300 A 192.0.2.1 → 300 A 192.0.2.2    (prod/Service/shop/web)
 *     ! old.example.com. A FOREIGN_RRSET: …                   (prod/Service/shop/old)
 */
export function printPlan(shown: ShownPlan): string {
  const { zone, provider, names, adoptable = [], held = [] } = shown;
  const { summary } = planDocument(shown);
  const lines = [
    `zone ${zone} at ${provider}: ${summary.create} to create, ${summary.update} to update, ${summary.delete} to delete, ${summary.adopt} to adopt, ${summary.withheld} withheld`,
  ];
  for (const plan of names) {
    if (plan.adopted.length > 0) lines.push(`= ${plan.owner} taken over from ${plan.adopted.join(', ')}`);
    for (const { owner, change } of changesOf(plan)) {
      const sides = [change.before, change.after]
        .filter((side) => side.length > 0)
        .map((side) => side.map(printSide).join(' and '));
      lines.push(`${SIGNS[change.action]} ${owner} ${sides.join(' → ')}${printObjects(change.origins)}`);
    }
  }
  for (const one of [...names.flatMap((plan) => plan.withheld), ...adoptable]) {
    const unit = one.type === undefined ? '' : ` ${printUnit({ type: one.type, setIdentifier: one.setIdentifier })}`;
    lines.push(`! ${one.owner}${unit} ${one.code}: ${one.message}${printObjects(one.origins)}`);
  }
  for (const { action, operations, sha256 } of held)
    lines.push(`${operations.length} ${action}s wait for: kubezone-operator confirm ${sha256}`);
  return `${lines.join('\n')}\n`;
}

const SIGNS = { create: '+', update: '~', delete: '-' } as const;

/** The changes of a plan that are to be written. */
function changesOf({ owner, changes, write }: NamePlan): { readonly owner: string; readonly change: PlannedChange }[] {
  return write === undefined ? [] : changes.map((change) => ({ owner, change }));
}

function printSide(rrset: PlannedChange['after'][number]): string {
  return `${rrset.ttl} ${printUnit(rrset)} ${printValues(rrset).join(', ')}`;
}

/** More objects than these are counted. */
const MAX_OBJECTS = 5;

function printObjects(origins: readonly Origin[]): string {
  if (origins.length === 0) return '';
  const more = origins.length > MAX_OBJECTS ? ` and ${origins.length - MAX_OBJECTS} more` : '';
  return ` (${origins.slice(0, MAX_OBJECTS).map(printOrigin).join(', ')}${more})`;
}

function printOrigin({ cluster, object }: Origin): string {
  return cluster === '' ? object : `${cluster}/${object}`;
}
