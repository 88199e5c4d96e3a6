import { describe, expect, it } from '@jest/globals';

import { complaintAbout, complaintAboutContents } from './check-reply.ts';
import { readCorpus } from './corpus.ts';
import { fuzz } from './fuzz-run.ts';
import { answerInProcess } from './own-answer.ts';
import { composeCasedName } from '../support/query.ts';

const FORMERR = 1;

describe('the answering function', () => {
  const answer = answerInProcess();

  it('answers every packet of the corpus by the rules', () => {
    for (const { title, octets } of readCorpus()) {
      for (const transport of ['udp', 'tcp'] as const) {
        const reply = answer(octets, transport);
        const complaint = complaintAbout(octets, reply, transport) ?? (reply && complaintAboutContents(octets, reply));
        expect([title, complaint]).toEqual([title, undefined]);
      }
    }
  });

  it('answers 50,000 mutated packets by the rules', () => {
    const seed = Number(process.env['KUBEZONE_E2E_SEED'] ?? Date.now() % 1_000_000);
    const corpus = readCorpus().map(({ octets }) => octets);
    const { findings, ...figures } = fuzz({ packets: 50_000, seed, corpus, answer, readEvery: 1 });
    process.stdout.write(`fuzz: seed ${seed}, ${JSON.stringify(figures)}\n`);
    expect(findings).toEqual([]);
    // A run in which nothing but refusals came back would have tested little.
    expect(figures.rcodes[0] ?? 0).toBeGreaterThan(3000);
    expect(figures.rcodes[FORMERR] ?? 0).toBeGreaterThan(5000);
  }, 60_000);

  const header = (counts: string): string => `12340100${counts}`;
  const questionEnd = '00010001';
  const name = (text: string): string => Buffer.from(composeCasedName(text)).toString('hex');
  const malformed: readonly (readonly [title: string, hex: string])[] = [
    ['a name that is a pointer to itself', `${header('0001000000000000')}c00c${questionEnd}`],
    ['a name whose pointer goes forward', `${header('0001000000000000')}c010${questionEnd}`],
    ['two pointers that point at each other', `${header('0001000000000000')}c00ec00c${questionEnd}`],
    ['a name of 256 octets', `${header('0001000000000000')}${name(`${'a.'.repeat(127)}bb.`)}${questionEnd}`],
    ['a label of the reserved type 01', `${header('0001000000000000')}4161${questionEnd}`],
    ['a label of the reserved type 10', `${header('0001000000000000')}8161${questionEnd}`],
    ['a label that ends after the message', `${header('0001000000000000')}0561`],
    ['a question without its class', `${header('0001000000000000')}${name('www.readers.test.')}0001`],
    ['a header that promises a question', header('0001000000000000')],
    [
      'an OPT whose rdata is cut short',
      `${header('0001000000000001')}${name('www.readers.test.')}${questionEnd}0000290400000000000800`,
    ],
    [
      'an option that ends after its OPT',
      `${header('0001000000000001')}${name('www.readers.test.')}${questionEnd}00002904000000000000040003ffff`,
    ],
    [
      'two OPT records',
      `${header('0001000000000002')}${name('www.readers.test.')}${questionEnd}${'0000290400000000000000'.repeat(2)}`,
    ],
    [
      'an OPT whose owner is not the root',
      `${header('0001000000000001')}${name('www.readers.test.')}${questionEnd}${name('x.')}00290400000000000000`,
    ],
    ['two questions', `${header('0002000000000000')}${(name('www.readers.test.') + questionEnd).repeat(2)}`],
    ['no question', header('0000000000000000')],
    ['octets after the end', `${header('0001000000000000')}${name('www.readers.test.')}${questionEnd}00`],
  ];

  it.each(malformed)('answers FORMERR to %s', (_title, hex) => {
    const packet = new Uint8Array(Buffer.from(hex, 'hex'));
    const reply = answer(packet, 'udp');
    expect((reply?.[3] ?? 0) & 0x0f).toBe(FORMERR);
    expect(complaintAbout(packet, reply, 'udp')).toBeUndefined();
  });
});
