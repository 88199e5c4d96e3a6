import { Command, CommanderError, Option } from 'commander';

import type { CommandLineForm } from './flag.ts';
import type { FlagValues } from './lowering-target.ts';
import type { ConfigMistake } from './mistake.ts';
import { suggestWord } from './suggest-word.ts';

/** What the command line says, before its values are looked at. */
export interface CommandLine {
  /** The values of each flag given, in order. */
  readonly values: FlagValues;
  /** Where `--help` or `--version` asks for text instead of a run. */
  readonly request: 'help' | 'version' | undefined;
  readonly mistakes: readonly ConfigMistake[];
}

/** Flags that take no value; with `=` they come here as unknown. */
const VALUELESS: readonly string[] = ['--help', '--version'];

/** What somebody may take for a command: no secret that is worth the name. */
const COMMAND = /^[a-z][a-z-]{0,15}$/;

/** Reads the command line. Every mistake is reported, not the first alone. */
export function readFlags(words: readonly string[], form: CommandLineForm): CommandLine {
  const names = namesOf(form);
  const values = new Map<string, string[]>();
  const mistakes: ConfigMistake[] = [];
  const command = makeCommand(form);
  for (const { name, repeatable } of form.flags) {
    command.on(`option:${name}`, (given: string | null) => {
      // A switch without a value.
      const value = given ?? 'true';
      if (value.startsWith('--') && names.includes(value.slice(2).replace(/=.*/s, ''))) {
        mistakes.push({
          code: 'NO_VALUE',
          at: `--${name}`,
          found: `the flag ${value.replace(/=.*/s, '')}`,
          expected: 'expected a value',
        });
        return;
      }
      // Of a flag that takes one value the last counts, so that a wrapper's arguments can be overridden by appending.
      values.set(name, repeatable === true ? [...(values.get(name) ?? []), value] : [value]);
    });
  }
  let left: readonly string[] = [];
  try {
    const { operands, unknown } = command.parseOptions([...words]);
    left = [...operands, ...unknown];
  } catch (error) {
    if (!(error instanceof CommanderError) || error.code !== 'commander.optionMissingArgument') throw error;
    mistakes.push({ code: 'NO_VALUE', at: String(words.at(-1)), expected: 'expected a value after it' });
  }
  mistakes.push(...findStrayWords(left, form));
  const { help, version } = command.opts<{ help?: true; version?: true }>();
  return { values, request: help === true ? 'help' : version === true ? 'version' : undefined, mistakes };
}

/** The text of `--help`. */
export function printHelp(form: CommandLineForm): string {
  return makeCommand(form).helpInformation();
}

function namesOf({ flags }: CommandLineForm): readonly string[] {
  return [...flags.map(({ name }) => name), 'help', 'version'];
}

function makeCommand({ name: commandName, description: does, usage, flags }: CommandLineForm): Command {
  const command = new Command(commandName)
    .description(does)
    .usage(usage.join(`\n       ${commandName} `))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .configureHelp({ helpWidth: 120, showGlobalOptions: false })
    .helpOption(false);
  for (const { name, value, description, fallback, repeatable } of flags) {
    const notes = [repeatable === true ? 'repeatable' : undefined, fallback === undefined ? undefined : `default: ${fallback}`];
    const note = notes.filter((part) => part !== undefined).join('; ');
    const argument = value === undefined ? '[BOOL]' : `<${value}>`;
    command.addOption(new Option(`--${name} ${argument}`, note === '' ? description : `${description} (${note})`));
  }
  command.addOption(new Option('--version', 'print the version'));
  command.addOption(new Option('-h, --help', 'print this help'));
  return command;
}

/** Words that belong to no flag. What follows an unknown flag is taken for its value, and not reported again. */
function findStrayWords(words: readonly string[], form: CommandLineForm): ConfigMistake[] {
  const mistakes: ConfigMistake[] = [];
  let valueMayFollow = false;
  for (const word of words) {
    if (!word.startsWith('-') || word === '-') {
      if (!valueMayFollow) {
        mistakes.push({
          code: 'UNEXPECTED_ARGUMENT',
          at: 'command line',
          ...(form.takesSecrets === true && !COMMAND.test(word) ? {} : { found: JSON.stringify(word) }),
          expected: 'expected flags only',
        });
      }
      valueMayFollow = false;
      continue;
    }
    const flag = word.replace(/=.*/s, '');
    if (VALUELESS.includes(flag)) {
      mistakes.push({ code: 'BAD_VALUE', at: flag, expected: 'it takes no value' });
      continue;
    }
    const name = flag.replace(/^--?/, '');
    valueMayFollow = !word.includes('=');
    // Only the flag is repeated: a value may be a secret that was meant for another command.
    mistakes.push({ code: 'UNKNOWN_FLAG', at: flag, expected: `there is no such flag; ${advise(flag, name, form)}` });
  }
  return mistakes;
}

function advise(flag: string, name: string, form: CommandLineForm): string {
  const names = namesOf(form);
  if (Object.hasOwn(form.retired, name)) return String(form.retired[name]);
  if (!flag.startsWith('--') && names.includes(name)) return `write --${name}`;
  const suggestion = suggestWord(name, names);
  return suggestion === undefined ? '--help lists all flags' : `did you mean --${suggestion}?`;
}
