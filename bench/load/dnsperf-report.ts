/** What dnsperf says of a run. */
export interface DnsperfReport {
  readonly sent: number;
  readonly completed: number;
  readonly lost: number;
  /** From the first query to the last reply, in seconds. */
  readonly seconds: number;
  readonly queriesPerSecond: number;
  /** Replies by rcode's name. */
  readonly rcodes: Readonly<Record<string, number>>;
  readonly queryOctets: number;
  readonly responseOctets: number;
  /** Over the run, in microseconds. */
  readonly averageLatency: number;
}

/** Reads what dnsperf 2 prints at the end of a run. @throws {Error} where a line of it is missing, with all that was printed */
export function readDnsperfReport(text: string): DnsperfReport {
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new Error(`dnsperf printed nothing like ${pattern.source}:\n${text.slice(-2000)}`);
    return Number(found);
  };
  const completed = number(/Queries completed:\s+(\d+)/);
  const codes = /Response codes:\s+(.*)/.exec(text)?.[1] ?? '';
  const rcodes = Object.fromEntries(
    [...codes.matchAll(/(\w+) (\d+) \(/g)].map(([, name = '', count = '0']) => [name, Number(count)]),
  );
  return {
    sent: number(/Queries sent:\s+(\d+)/),
    completed,
    lost: number(/Queries lost:\s+(\d+)/),
    seconds: number(/Run time \(s\):\s+([\d.]+)/),
    queriesPerSecond: number(/Queries per second:\s+([\d.]+)/),
    rcodes,
    queryOctets: number(/request (\d+)/),
    responseOctets: number(/response (\d+)/),
    averageLatency: number(/Average Latency \(s\):\s+([\d.]+)/) * 1e6,
  };
}

/** Why a run says nothing about a server; undefined for a good one. */
export function voidReason(report: DnsperfReport, rcode: string, responseOctets?: number): string | undefined {
  if (report.completed === 0) return 'no query was answered';
  const wrong = Object.entries(report.rcodes).filter(([name]) => name !== rcode);
  if (wrong.length > 0) return `${wrong.map(([name, count]) => `${count} × ${name}`).join(', ')} instead of ${rcode}`;
  if ((report.rcodes[rcode] ?? 0) !== report.completed)
    return `rcodes of ${report.rcodes[rcode] ?? 0} of ${report.completed} replies`;
  // The same queries get the same answers: replies of another average size are not the ones that were checked.
  if (responseOctets !== undefined && Math.abs(report.responseOctets - responseOctets) > Math.max(2, responseOctets * 0.02))
    return `replies of ${report.responseOctets} octets on average, ${responseOctets} in the rounds before`;
  return undefined;
}
