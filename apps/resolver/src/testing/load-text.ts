import { printMistake } from '@kubezone/app';
import type { ZoneConfig } from '@kubezone/core';

import { loadConfig, type LoadedConfig } from '../config/load-config.ts';
import type { ResolverConfig } from '../config/resolver-config.ts';

const FOLDERS = ['/home/me/manifests', '/etc/kubezone/manifests'];
const FILES = [
  '/home/me/kube.yaml',
  '/home/me/a.zone',
  '/home/me/b=c.zone',
  '/etc/kubezone/a.zone',
  '/etc/kubezone/prod.kubeconfig',
];

/** Loads with the working directory /home/me and, where there is one, the file /etc/kubezone/kubezone.yaml. */
export function load(words: readonly string[], yaml?: string): LoadedConfig {
  return loadConfig(words, {
    folder: '/home/me',
    version: 'kubezone-resolver 1.2.3',
    readFile: (path) => {
      if (path === '/etc/kubezone/cookie') return 'ffffffffffffffffffffffffffffffff\n';
      if (yaml === undefined || path !== '/etc/kubezone/kubezone.yaml')
        throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return yaml;
    },
    environment: (name) => (name === 'COOKIES' ? '000102030405060708090a0b0c0d0e0f' : undefined),
    problem: (path, kind) => ((kind === 'file' ? FILES : FOLDERS).includes(path) ? undefined : 'no such file or directory'),
  });
}

/** Loads a text as the configuration file, with flags. */
export function loadFile(yaml: string, ...words: readonly string[]): LoadedConfig {
  return load(['--config', '/etc/kubezone/kubezone.yaml', ...words], yaml);
}

/** The configuration, where there is no mistake. */
export function configOf(loaded: LoadedConfig): ResolverConfig {
  if (loaded.kind === 'mistakes') throw new Error(loaded.mistakes.map(printMistake).join('\n'));
  if (loaded.kind === 'text') throw new Error(loaded.text);
  return loaded.config;
}

/** A zone whose SOA and NS are configured. */
export function configuredZone(config: ResolverConfig, index: number): ZoneConfig {
  const zone = config.zones[index];
  if (zone?.kind !== 'configured') throw new Error(`zone ${index} is ${zone?.kind ?? 'absent'}`);
  return zone.config;
}

/** The mistakes, a line each. */
export function mistakesOf(loaded: LoadedConfig): readonly string[] {
  return loaded.kind === 'mistakes' ? loaded.mistakes.map(printMistake) : [`no mistake: ${loaded.kind}`];
}

/** Loads with a text in place of whatever file is named; all paths are taken to be there. */
export function loadAnywhere(words: readonly string[], yaml: string = ''): LoadedConfig {
  return loadConfig(words, {
    folder: '/',
    version: 'test',
    environment: () => undefined,
    readFile: () => yaml,
    problem: () => undefined,
  });
}
