import { type NameWrite, printRdata, printRRType, type ProvidedRRset, type ProviderZone } from '@kubezone/core';

/** One line of JSON for each RRset of a write, markers included. */
export interface PrintedChange {
  readonly zone: string;
  readonly change: 'create' | 'update' | 'delete';
  readonly owner: string;
  readonly type: string;
  readonly before?: PrintedRRset;
  readonly after?: PrintedRRset;
}

/** What an RRset holds, in presentation format. */
export interface PrintedRRset {
  /** Seconds. */
  readonly ttl: number;
  readonly rdatas: readonly string[];
}

/** One name's write as lines of JSON. */
export function printWriteAsJson(zone: ProviderZone, { writes }: NameWrite): readonly string[] {
  return writes.flatMap(({ before, after }): string[] => {
    const rrset = after ?? before;
    if (rrset === undefined) return [];
    const change: PrintedChange = {
      zone: zone.apex,
      change: before === undefined ? 'create' : after === undefined ? 'delete' : 'update',
      owner: rrset.owner,
      type: printRRType(rrset.type),
      ...(before === undefined ? {} : { before: shown(before) }),
      ...(after === undefined ? {} : { after: shown(after) }),
    };
    return [JSON.stringify(change)];
  });
}

function shown({ type, ttl, rdatas }: ProvidedRRset): PrintedRRset {
  return { ttl, rdatas: rdatas.map((rdata) => printRdata(type, rdata)) };
}
