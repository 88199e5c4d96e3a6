import { describe, it } from '@jest/globals';

import { isInstalled } from './child-program.ts';

/**
 * Declares a suite that needs other programs. Where one is missing the suite is skipped with a line that says what to install; where `CI=true` that is a failure.
 *
 * @param programs each with the Debian package that has it
 */
export function describeWithPrograms(title: string, programs: Readonly<Record<string, string>>, suite: () => void): void {
  const missing = Object.entries(programs).filter(([program]) => !isInstalled(program));
  // oxlint-disable jest/valid-title, jest/valid-describe-callback, jest/expect-expect, jest/no-disabled-tests -- this declares suites for others
  if (missing.length === 0) {
    describe(title, suite);
    return;
  }
  const names = missing.map(([program]) => program).join(', ');
  const remedy = `apt-get install ${[...new Set(missing.map(([, aptPackage]) => aptPackage))].join(' ')}`;
  if (process.env['CI'] === 'true') {
    describe(title, () => {
      it(`finds ${names}`, () => {
        throw new Error(`${names} not installed, and CI=true: ${remedy}`);
      });
    });
    return;
  }
  process.stderr.write(`\n*** SKIPPED: ${title}: ${names} not installed. To run it: ${remedy}\n\n`);
  describe.skip(title, suite);
}
