import { readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';

import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');

/** Which packages of this repository each one may import: the arrows of ARCHITECTURE.md. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [],
  'packages/providers': ['@kubezone/core'],
  'packages/dns-server': ['@kubezone/core'],
  'packages/controller': ['@kubezone/core'],
  'packages/app': ['@kubezone/core', '@kubezone/controller'],
  'apps/operator': ['@kubezone/core', '@kubezone/controller', '@kubezone/app', '@kubezone/providers'],
  'apps/resolver': ['@kubezone/core', '@kubezone/controller', '@kubezone/app', '@kubezone/dns-server'],
};

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
}

function manifestOf(place: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, place, 'package.json'), 'utf8')) as Manifest;
}

/** The specifiers under which a package of this repository can be imported. */
function exportsOf(name: string): string[] {
  const place = Object.keys(MAY_IMPORT).find((candidate) => manifestOf(candidate).name === name);
  return place === undefined ? [] : Object.keys(manifestOf(place).exports ?? {}).map((path) => name + path.slice(1));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** The modules that a file imports, statically or dynamically, as written. */
function importsOf(path: string): string[] {
  const source = readFileSync(path, 'utf8');
  const found = source.matchAll(/^(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm);
  return Array.from(found, (match) => (match[1] ?? match[2] ?? match[3]) as string);
}

/** `@scope/name/sub/path` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function shippedSources(place: string): string[] {
  return filesBelow(join(ROOT, place, 'src')).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('/testing/'),
  );
}

describe.each(Object.keys(MAY_IMPORT))('%s', (place) => {
  const files = shippedSources(place);
  const manifest = manifestOf(place);
  const imports = files.flatMap((path) =>
    importsOf(path).map((specifier) => ({ file: relative(ROOT, path), specifier, package: packageOf(specifier) })),
  );

  it('imports only the packages of this repository that stand below it', () => {
    const allowed = MAY_IMPORT[place] ?? [];
    expect(imports.filter((found) => found.package.startsWith('@kubezone/') && !allowed.includes(found.package))).toEqual([]);
  });

  it('declares every package that it imports, and no package of this repository that it does not import', () => {
    const declared = Object.keys(manifest.dependencies ?? {});
    const external = imports.filter(
      ({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:') && !builtinModules.includes(specifier),
    );
    expect(external.filter((found) => !declared.includes(found.package))).toEqual([]);
  });

  it('imports across packages only what they export', () => {
    const others = imports.filter((found) => found.package.startsWith('@kubezone/'));
    expect(others.filter((found) => !exportsOf(found.package).includes(found.specifier))).toEqual([]);
  });

  it('has a README', () => {
    expect(readFileSync(join(ROOT, place, 'README.md'), 'utf8')).toMatch(/^# /);
  });
});

describe('core', () => {
  it('does no I/O: of node: it imports only crypto and zlib', () => {
    const found = shippedSources('packages/core').flatMap((path) =>
      importsOf(path)
        .filter((specifier) => specifier.startsWith('node:') && !['node:crypto', 'node:zlib'].includes(specifier))
        .map((specifier) => `${relative(ROOT, path)}: ${specifier}`),
    );
    expect(found).toEqual([]);
  });
});

describe('the Kubernetes client', () => {
  it('is imported by controller alone', () => {
    const elsewhere = Object.keys(MAY_IMPORT).filter((place) => place !== 'packages/controller');
    const found = elsewhere.flatMap((place) =>
      shippedSources(place).filter((path) => importsOf(path).some((specifier) => specifier.startsWith('@kubernetes/'))),
    );
    expect(found).toEqual([]);
  });
});

describe('package-lock.json', () => {
  it('names no download address, so that every machine installs from the registry it is set up for', () => {
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
    expect(lock).not.toMatch(/"resolved": "http/);
  });
});
