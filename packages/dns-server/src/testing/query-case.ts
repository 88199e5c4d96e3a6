import { describe, expect, it } from '@jest/globals';

import { ask, type QueryOptions, type TestContext } from './ask.ts';

/** One query and all of its response, in presentation format. Sections that are not mentioned are empty. */
export interface QueryCase extends QueryOptions {
  /** `name type`, or `name class type`. */
  readonly query: string;
  /** Why, for a person; becomes the test's name. */
  readonly because?: string;
  /** @default NOERROR */
  readonly rcode?: string;
  /** Header bits of the response. @default `qr aa` */
  readonly response?: string;
  /** Records as `owner TTL type rdata`. */
  readonly answer?: readonly string[];
  readonly authority?: readonly string[];
  readonly additional?: readonly string[];
}

/** Makes a test of each case. The EDNS part of responses is left to tests of its own. */
export function describeCases(title: string, context: () => TestContext, cases: readonly QueryCase[]): void {
  describe.each([title])('%s', () => {
    it.each(cases.map((queryCase) => [titleOf(queryCase), queryCase] as const))('%s', (_title, queryCase) => {
      expect(answerTo(context(), queryCase)).toEqual(expectedAnswer(queryCase));
    });
  });
}

function titleOf({ query, because }: QueryCase): string {
  return because === undefined ? query : `${query}: ${because}`;
}

function answerTo(context: TestContext, queryCase: QueryCase): object {
  const { rcode, flags, answer, authority, additional } = ask(context, queryCase.query, queryCase) ?? {};
  return { rcode, flags, answer, authority, additional };
}

function expectedAnswer(queryCase: QueryCase): object {
  const { rcode = 'NOERROR', response = 'qr aa', answer = [], authority = [], additional = [] } = queryCase;
  return { rcode, flags: response, answer, authority, additional };
}
