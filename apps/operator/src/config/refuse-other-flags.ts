import type { ConfigMistake, FlagValues } from '@kubezone/app';

/** The mistakes of flags that a subcommand does not take. Their values are not repeated: one may be a secret. */
export function refuseOtherFlags(command: string, values: FlagValues, allowed: readonly string[]): ConfigMistake[] {
  return [...values.keys()]
    .filter((flag) => !allowed.includes(flag))
    .map((flag) => ({
      code: 'EXCLUDED',
      at: `--${flag}`,
      expected: `not allowed with ${command}, which takes ${allowed.map((one) => `--${one}`).join(', ')}`,
    }));
}
