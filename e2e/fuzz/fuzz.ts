/**
 * Answers millions of mutated packets in this process, and ends with exit code 1 if one of them breaks a rule.
 *
 *     node --conditions=@kubezone/source e2e/fuzz/fuzz.ts --packets 10000000 --seed 1
 */
import { parseArgs } from 'node:util';

import { readCorpus } from './corpus.ts';
import { fuzz } from './fuzz-run.ts';
import { answerInProcess } from './own-answer.ts';

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [packets, seed] = [Number(values.packets), Number(values.seed)];
if (!Number.isSafeInteger(packets) || packets < 1 || !Number.isSafeInteger(seed)) {
  console.error('usage: fuzz.ts [--packets NUMBER] [--seed NUMBER]');
  process.exit(2);
}

console.log(`fuzzing with ${packets} packets, seed ${seed}`);
const result = fuzz({
  packets,
  seed,
  corpus: readCorpus().map(({ octets }) => octets),
  answer: answerInProcess(),
  onProgress: (done) => console.log(`${done} packets`),
});
const { findings, ...figures } = result;
console.log(JSON.stringify({ seed, ...figures, packetsPerSecond: Math.round(result.packets / result.seconds) }, null, 2));
console.log(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
for (const { packet, transport, complaint } of findings) console.log(`FINDING over ${transport}: ${complaint}\n  ${packet}`);
process.exit(findings.length > 0 ? 1 : 0);
