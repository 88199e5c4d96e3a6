import { type ConfigInputs, printMistake } from '@kubezone/app';

import { loadConfig, type LoadedConfig } from '../config/load-config.ts';
import type { OperatorConfig } from '../config/operator-config.ts';

const FOLDERS = ['/home/me/manifests', '/etc/kubezone/manifests'];
const FILES = ['/home/me/kube.yaml', '/etc/kubezone/key.json'];
const SECRETS: Readonly<Record<string, string>> = {
  '/etc/kubezone/token': 'token-of-the-file\n',
  '/etc/kubezone/tsig': 'dGhpcyBpcyBhIHNlY3JldA==\n',
};

/** The working directory is /home/me; where there is a text, it is that of the file /etc/kubezone/kubezone.yaml. */
export function inputsOf(yaml?: string, environment: Readonly<Record<string, string>> = {}): ConfigInputs {
  return {
    folder: '/home/me',
    version: 'kubezone-operator 1.2.3',
    readFile: (path) => {
      const secret = SECRETS[path];
      if (secret !== undefined) return secret;
      if (yaml === undefined || path !== '/etc/kubezone/kubezone.yaml')
        throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return yaml;
    },
    environment: (name) => ({ CF_TOKEN: 'token-of-the-environment', ...environment })[name],
    problem: (path, kind) => ((kind === 'file' ? FILES : FOLDERS).includes(path) ? undefined : 'no such file or directory'),
  };
}

/** Loads flags alone. */
export function load(words: readonly string[], environment: Readonly<Record<string, string>> = {}): LoadedConfig {
  return loadConfig(words, inputsOf(undefined, environment));
}

/** Loads a text as the configuration file, with flags. */
export function loadFile(yaml: string, ...words: readonly string[]): LoadedConfig {
  return loadConfig(['--config', '/etc/kubezone/kubezone.yaml', ...words], inputsOf(yaml));
}

/** The configuration, where there is no mistake. */
export function configOf(loaded: LoadedConfig): OperatorConfig {
  if (loaded.kind === 'mistakes') throw new Error(loaded.mistakes.map(printMistake).join('\n'));
  if (loaded.kind === 'text' || loaded.config.kind !== 'config') throw new Error('this is no configuration');
  return loaded.config.config;
}

/** The mistakes, a line each, without the file's name. */
export function mistakesOf(loaded: LoadedConfig): readonly string[] {
  if (loaded.kind !== 'mistakes') return [`no mistake: ${loaded.kind}`];
  return loaded.mistakes.map((mistake) => printMistake(mistake).replace('/etc/kubezone/kubezone.yaml:', ''));
}
