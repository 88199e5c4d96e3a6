import { describe, expect, it } from '@jest/globals';

import { readDnsperfReport, voidReason } from './dnsperf-report.ts';

/** As dnsperf 2.10.0 prints it. */
const PRINTED = `DNS Performance Testing Tool
Version 2.10.0

[Status] Command line: dnsperf -s 127.0.0.1 -p 5399 -d queries -l 1 -c 8 -T 1 -q 400
[Status] Sending queries (to 127.0.0.1:5399)
[Status] Testing complete (time limit)

Statistics:

  Queries sent:         119580
  Queries completed:    119379 (99.83%)
  Queries lost:         201 (0.17%)

  Response codes:       NOERROR 119370 (99.99%), SERVFAIL 9 (0.01%)
  Average packet size:  request 30, response 53
  Run time (s):         1.000942
  Queries per second:   119266.650815

  Average Latency (s):  0.002389 (min 0.000013, max 0.054098)
  Latency StdDev (s):   0.004975
`;

describe('the report of a run of dnsperf', () => {
  it('is read line by line', () => {
    expect(readDnsperfReport(PRINTED)).toEqual({
      sent: 119_580,
      completed: 119_379,
      lost: 201,
      seconds: 1.000942,
      queriesPerSecond: 119_266.650815,
      rcodes: { NOERROR: 119_370, SERVFAIL: 9 },
      queryOctets: 30,
      responseOctets: 53,
      averageLatency: 2389,
    });
  });

  it('is refused, with what was printed, where a line is missing', () => {
    expect(() => readDnsperfReport('Warning: failed to open queries')).toThrow('failed to open queries');
  });

  const report = { ...readDnsperfReport(PRINTED), rcodes: { NOERROR: 119_379 } };
  it.each([
    ['every reply has the rcode that it must have', report, 'NOERROR', 53, undefined],
    ['the first run of a mix has no usual size to keep to', report, 'NOERROR', undefined, undefined],
    ['some replies have another rcode', readDnsperfReport(PRINTED), 'NOERROR', 53, '9 × SERVFAIL instead of NOERROR'],
    ['all replies have another rcode', report, 'NXDOMAIN', 53, '119379 × NOERROR instead of NXDOMAIN'],
    ['no query was answered', { ...report, completed: 0, rcodes: {} }, 'NOERROR', 53, 'no query was answered'],
    ['replies have no rcode', { ...report, rcodes: {} }, 'NOERROR', 53, 'rcodes of 0 of 119379 replies'],
    ['replies have another size', report, 'NOERROR', 90, 'replies of 53 octets on average, 90 in the rounds before'],
  ])('counts for nothing unless it is good: %s', (_title, judged, rcode, octets, reason) => {
    expect(voidReason(judged, rcode, octets)).toBe(reason);
  });
});
