import { decode, encode, type Answer, type DecodedPacket, type RecordType } from 'dns-packet';

import { askUdp } from './query.ts';

/**
 * Asks over UDP, and prints the reply as lines: the code, then a line for each record, in presentation format, those of the answer first.
 *
 * `NODATA` and `NXDOMAIN` stand for a reply without an answer and with exactly one SOA, followed by the zone and for how many seconds that may be kept (RFC 2308, section 5). Serials,
 * which are the time, are printed as `serial`.
 *
 * @param question such as `A www.example.com`
 */
export async function askLines(question: string, port: number): Promise<readonly string[]> {
  const [type = '', name = ''] = question.split(' ');
  const request = encode({ type: 'query', id: 4711, questions: [{ type: type as RecordType, name }] });
  const reply = decode(await askUdp(request, port));
  const [asked] = reply.questions ?? [];
  if (reply.id !== 4711 || asked?.name !== name) throw new Error(`the reply to ${question} is to another question`);
  return printReply(reply);
}

function printReply(reply: DecodedPacket): readonly string[] {
  const { answers = [], authorities = [], additionals = [] } = reply;
  const { rcode } = reply as DecodedPacket & { readonly rcode: string };
  const flags = `${reply.flag_aa ? '' : ' without AA'}${reply.flag_tc ? ' truncated' : ''}`;
  const [soa] = authorities;
  if (answers.length + additionals.length === 0 && authorities.length === 1 && soa?.type === 'SOA') {
    const seconds = Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0);
    return [`${rcode === 'NOERROR' ? 'NODATA' : rcode}${flags} ${soa.name}. ${seconds}`];
  }
  const print = (records: readonly Answer[], section: string): string[] =>
    records.map((record) => `${section}${printAnswer(record)}`).toSorted();
  return [`${rcode}${flags}`, ...print(answers, ''), ...print(authorities, 'authority: '), ...print(additionals, 'additional: ')];
}

function printAnswer(record: Answer): string {
  if (record.type === 'OPT') return 'OPT';
  const { name, type, ttl = 0 } = record;
  return `${name}. ${ttl} IN ${type} ${printData(record)}`;
}

function printData(record: Exclude<Answer, { type: 'OPT' }>): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.data;
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return `${record.data}.`;
    case 'TXT':
      return [record.data]
        .flat()
        .map((text) => `"${String(text)}"`)
        .join(' ');
    case 'SOA': {
      const { mname, rname, refresh, retry, expire, minimum } = record.data;
      return `${mname}. ${rname}. serial ${refresh} ${retry} ${expire} ${minimum}`;
    }
    default:
      return JSON.stringify(record.data);
  }
}
