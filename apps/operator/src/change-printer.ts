import { type NamePlan, planDocument, printPlan, type Provider, type ProviderZone, type ShownPlan } from '@kubezone/core';

/** Prints what is written, and what would be. */
export interface ChangePrinter {
  /** A name's write was acknowledged. */
  readonly applied: (provider: Provider, zone: ProviderZone, plan: NamePlan) => void;
  /** What would be done now, or is not done. The same again is not printed again. */
  readonly plans: (plans: readonly ShownPlan[]) => void;
}

/**
 * In text, changes are lines as in plans (`+ www.example.com. 300 A 192.0.2.1 (…)`), each with its zone and provider; in JSON, plans are documents, one on each line.
 *
 * @param write takes whole lines
 */
export function changePrinter(format: 'text' | 'json', write: (text: string) => void): ChangePrinter {
  let last = '';
  return {
    applied: ({ name }, { apex }, plan) => {
      // What was withheld beside it is no news.
      const shown: ShownPlan = { zone: apex, provider: name, names: [{ ...plan, withheld: [] }] };
      if (format === 'json') {
        write(`${JSON.stringify(planDocument(shown))}\n`);
        return;
      }
      const [, ...lines] = printPlan(shown).split('\n');
      write(lines.map((line) => (line === '' ? '' : `${name} ${line}\n`)).join(''));
    },
    plans: (plans) => {
      const text =
        format === 'json'
          ? plans.map((plan) => `${JSON.stringify(planDocument(plan))}\n`).join('')
          : plans.map((plan) => printPlan(plan)).join('');
      if (text !== last) write(text);
      last = text;
    },
  };
}
