/**
 * Builds the addon `udp-batch` with the system's C compiler, if it is not built already.
 *
 *     node native/build.mjs [--asan] [--require] [--force] [--echo]
 *
 * - `--asan`: a variant with AddressSanitizer and UndefinedBehaviorSanitizer, beside the ordinary one
 * - `--require`: fails where it cannot be built (images, CI); otherwise one line says why, and the server uses node:dgram
 * - `--force`: builds even if nothing has changed
 * - `--echo`: builds the benchmark's floor, `echo.c`, instead
 *
 * The result is `native/build/<platform>-<arch>-<libc>-napi<version>[-asan]/udp-batch.node`: Node-API's binary interface is stable, so the Node version is
 * no part of the key. What is shipped (in images, in a package) has the same name under `native/prebuilt/`. The loader (`native-udp.ts`) looks into `build`
 * first: what was compiled here fits here.
 *
 * Plain JavaScript for Node 20: it runs before anything is installed or compiled.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const NAPI_VERSION = 8;
const SOURCES = ['udp-batch.c', 'advice.c', 'batch.c', 'block.c', 'endpoint.c', 'js-value.c'];
const HEADERS = ['advice.h', 'batch.h', 'block.h', 'endpoint.h', 'js-value.h'];
const WARNINGS = ['-Wall', '-Wextra', '-Werror'];
const ADDON_FLAGS = [
  '-std=gnu11',
  '-O2',
  '-g',
  '-fPIC',
  '-shared',
  '-fvisibility=hidden',
  '-fstack-protector-strong',
  '-Wl,-z,relro,-z,now',
];
const ASAN_FLAGS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined', '-fno-omit-frame-pointer'];
const ECHO_FLAGS = ['-std=gnu11', '-O2'];

const here = import.meta.dirname;

/** Which binaries run here: platform, architecture, C library and Node-API version. */
function target() {
  const libc = process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  return `${process.platform}-${process.arch}-${libc}-napi${NAPI_VERSION}`;
}

/** The compiler as a command and its first arguments, or undefined. */
function findCompiler() {
  const candidates = process.env.CC ? [process.env.CC.trim().split(/\s+/)] : [['cc'], ['gcc'], ['clang']];
  return candidates.find(([command, ...args]) => {
    try {
      execFileSync(command, [...args, '--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** The folder of node_api.h: of the package node-api-headers, else of the Node that runs this. */
function findHeaders() {
  const folders = [join(dirname(process.execPath), '../include/node')];
  try {
    folders.unshift(join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include'));
  } catch {
    // Not installed: production installs leave it out.
  }
  return folders.find((folder) => existsSync(join(folder, 'node_api.h')));
}

/** Runs the compiler. Returns what it complained about, or undefined. */
function compile([command, ...first], args) {
  try {
    execFileSync(command, [...first, ...args], { cwd: here, stdio: ['ignore', 'ignore', 'pipe'] });
    return undefined;
  } catch (error) {
    return error.stderr?.toString() || error.message;
  }
}

/** Compiles into a file that appears complete or not at all: a process may have the old one mapped. Returns what went wrong, or undefined. */
function build({ output, sources, flags, libraries = [] }, compiler, force) {
  const stamp = createHash('sha256').update(JSON.stringify([flags, libraries]));
  for (const file of [...sources, ...HEADERS]) stamp.update(readFileSync(join(here, file)));
  const digest = stamp.digest('hex');
  const stampFile = `${output}.sha256`;
  if (!force && existsSync(output) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest) return 'unchanged';

  mkdirSync(dirname(output), { recursive: true });
  const partial = `${output}.${process.pid}.partial`;
  const args = (warnings) => [...flags, ...warnings, '-o', partial, ...sources, ...libraries];
  try {
    // A newer compiler's new warning must not cost its owner the addon.
    const complaint = compile(compiler, args(WARNINGS)) && compile(compiler, args([]));
    if (complaint !== undefined) return complaint;
    renameSync(partial, output);
    writeFileSync(stampFile, digest);
    return undefined;
  } finally {
    rmSync(partial, { force: true });
  }
}

function main() {
  const { values } = parseArgs({
    options: { asan: { type: 'boolean' }, require: { type: 'boolean' }, force: { type: 'boolean' }, echo: { type: 'boolean' } },
  });
  const name = values.echo ? 'echo' : 'udp-batch';
  const giveUp = (reason) => {
    process.stdout.write(`${name}: not built: ${reason}${values.echo ? '' : '; UDP workers will use node:dgram'}\n`);
    process.exitCode = values.require ? 1 : 0;
  };
  if (process.platform !== 'linux') return giveUp(`recvmmsg and sendmmsg need Linux, this is ${process.platform}`);
  const compiler = findCompiler();
  if (compiler === undefined) return giveUp(`no C compiler (${process.env.CC ?? 'cc, gcc, clang'})`);
  const headers = findHeaders();
  if (headers === undefined) return giveUp('no node_api.h (package node-api-headers, or the include folder of Node)');

  const folder = join(here, 'build', `${target()}${values.asan ? '-asan' : ''}`);
  const job = values.echo
    ? { output: join(folder, 'echo'), sources: ['echo.c'], flags: ECHO_FLAGS }
    : {
        output: join(folder, 'udp-batch.node'),
        sources: SOURCES,
        flags: [...ADDON_FLAGS, `-I${headers}`, ...(values.asan ? ASAN_FLAGS : [])],
      };
  const complaint = build(job, compiler, values.force);
  if (complaint === 'unchanged') return;
  if (complaint === undefined) {
    process.stdout.write(`${name}: built ${job.output} with ${compiler.join(' ')}\n`);
    return;
  }
  const firstError = complaint.split('\n').find((line) => line.includes('error')) ?? complaint.split('\n')[0];
  giveUp(`${compiler.join(' ')} failed: ${firstError}`);
  if (values.require) process.stderr.write(complaint);
}

main();
