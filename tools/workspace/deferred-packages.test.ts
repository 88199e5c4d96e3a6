import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const TOOLS = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'kubezone-deferred-'));

/** An app that imports packages which apps put off, and uses them where it is told to. */
const APP = `
import { toASCII } from 'tr46';
import { ProxyAgent } from 'undici';
import { SocksProxyAgent } from 'socks-proxy-agent';
import { HttpsProxyAgent } from 'hpagent';
import * as openid from 'openid-client';
if (process.argv[2] === 'use') {
  console.log(toASCII('bücher.example'));
  console.log(typeof new ProxyAgent('http://127.0.0.1:9').dispatch);
  console.log(new SocksProxyAgent('socks5://127.0.0.1:9').constructor.name);
  console.log(new HttpsProxyAgent({ proxy: 'http://127.0.0.1:9' }).constructor.name);
  console.log(typeof openid.discovery);
} else console.log('started');
`;

/** Bundles as `bundleApp` does, in a process of its own: esbuild does not run in Jest's. */
const BUILD = `
import { build } from 'esbuild';
import { deferredPackages } from './bundle/deferred-packages.ts';
const deferred = deferredPackages(['tr46', 'undici', 'openid-client', 'socks', 'socks-proxy-agent', 'hpagent'], (name) => 'late-' + name);
const common = { outdir: ${JSON.stringify(folder)}, bundle: true, platform: 'node', logLevel: 'error' };
await build({
  ...common,
  stdin: { contents: ${JSON.stringify(APP)}, resolveDir: process.cwd(), sourcefile: 'app.js' },
  entryNames: 'app',
  format: 'esm',
  plugins: [deferred.plugin],
  banner: { js: "import{createRequire as createRequire_}from'node:module';const require=createRequire_(import.meta.url);" },
});
await build({ ...common, entryPoints: deferred.entryPoints(), format: 'cjs', outExtension: { '.js': '.cjs' } });
`;

function run(...args: readonly string[]): string[] {
  return execFileSync(process.execPath, args, { cwd: TOOLS, encoding: 'utf8' }).trim().split('\n');
}

beforeAll(() => {
  // What Node has to know to take the app for a module.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  run('--input-type=module', '--eval', BUILD);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('packages that are put off', () => {
  it('are there when they are used', () => {
    expect(run(join(folder, 'app.js'), 'use')).toEqual([
      'xn--bcher-kva.example',
      'function',
      'SocksProxyAgent',
      'HttpsProxyAgent',
      'function',
    ]);
  });

  it('are not read before', () => {
    const late = readdirSync(folder).filter((name) => name.startsWith('late-'));
    expect(late).toEqual([
      'late-hpagent.cjs',
      'late-openid-client.cjs',
      'late-socks-proxy-agent.cjs',
      'late-tr46.cjs',
      'late-undici.cjs',
    ]);
    for (const name of late) rmSync(join(folder, name));
    expect(run(join(folder, 'app.js'))).toEqual(['started']);
  });
});
