import { QueryClient } from '../../e2e/support/query-client.ts';
import { composeQuery } from '../../e2e/support/query.ts';
import { readReply, type Reply } from '../../e2e/support/read-reply.ts';
import { type Mix, planQueries, type PlannedQuery } from './mixes.ts';
import type { ZonePlan } from './zone-plan.ts';

const RCODES: Readonly<Record<PlannedQuery['rcode'], number>> = { NOERROR: 0, NXDOMAIN: 3 };
const TYPE_NAMES: Readonly<Record<number, string>> = { 1: 'A', 5: 'CNAME' };
/** Queries of each mix that are asked before anything is measured. */
const CHECKED = 200;

/** What is wrong with a reply; undefined where it is as it must be. Authority and additional sections are each server's own affair, but for the SOA of a negative answer. */
export function faultOf(reply: Reply, query: PlannedQuery): string | undefined {
  if (reply.rcode !== RCODES[query.rcode]) return `rcode ${reply.rcode} instead of ${query.rcode}`;
  if (!reply.aa) return 'not authoritative';
  if (reply.tc) return 'truncated';
  const found = reply.answer
    .map(({ owner, type, rdata }) => `${bare(owner)} ${TYPE_NAMES[type] ?? type} ${bare(rdata)}`.toLowerCase())
    .sort();
  const expected = query.answer.map((record) => record.toLowerCase()).sort();
  if (found.join('\n') !== expected.join('\n')) return `the answer ${found.join(', ')} instead of ${expected.join(', ')}`;
  if (query.rcode === 'NXDOMAIN' && !reply.authority.some(({ type }) => type === 6)) return 'no SOA in a negative answer';
  return undefined;
}

function bare(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/**
 * Asks a server the first queries of a mix and looks at every record of its replies.
 *
 * @throws {Error} where one is not as it must be: what follows would compare two different things
 */
export async function checkAnswers(server: string, port: number, mix: Mix, plan: ZonePlan): Promise<void> {
  const client = new QueryClient(port);
  try {
    for (const query of planQueries(mix, plan, CHECKED)) {
      const message = composeQuery({ name: query.name, type: 1, ...(mix.name === 'cookie' ? { ednsSize: 1232 } : {}) });
      const reply = readReply(await client.ask(message, mix.name === 'tcp' ? 'tcp' : 'udp'));
      const fault = faultOf(reply, query);
      if (fault !== undefined) throw new Error(`${server}, ${mix.title}: ${query.name} A has ${fault}`);
    }
  } finally {
    client.close();
  }
}
