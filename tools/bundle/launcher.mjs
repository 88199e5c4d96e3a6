// The command's first file, shipped as dist/main.js. It is plain JavaScript for any Node that has ES modules, and imports nothing of the app before
// it knows that this Node can run it: on an older one the user shall read what to do, not a syntax error from inside a bundle.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

/** Whose launcher it is: the build puts the app's name here. */
const APP = 'resolver';
/** How its heap grows: the build puts the app's choice here. */
const HEAP = '--optimize-for-size';
const NEEDED = 24;
const RESTARTED = 'KUBEZONE_NODE_RESTARTED';

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  // What these programs throw away is short-lived and what they keep long-lived: V8's default of letting the young generation grow to a hundred megabytes buys nothing
  // here. Both flags in use bound it; --optimize-for-size makes the old generation grow in smaller steps too. Before anything is loaded, since a heap that has grown does
  // not shrink.
  setFlagsFromString(HEAP);
  const { main } = await import(`./${APP}.js`);
  await main();
} else {
  const node = findLockedNode();
  if (node === undefined || process.env[RESTARTED] !== undefined) {
    const found = `this is Node ${process.versions.node} (${process.execPath})`;
    const lacking = `package node-${process.platform}-${process.arch}, which has one, is not installed`;
    process.stderr.write(
      `kubezone-${APP}: needs Node ${NEEDED} or newer; ${found}, and ${lacking}. Install Node ${NEEDED}, or run "npm ci" in the repository.\n`,
    );
    process.exitCode = 2;
  } else {
    restart(node);
  }
}

/** The Node binary that package-lock.json pins, if it is installed. */
function findLockedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    const binary = join(dirname(manifest), 'bin', 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the same command on another Node, passing signals on, and ends as it ends. */
function restart(node) {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [RESTARTED]: '1' },
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    // Ctrl-C on a terminal reaches the child by itself; passed on, it would count as the second, which ends the child at once.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`kubezone-${APP}: cannot run ${node}: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of process.eventNames()) if (name === signal) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
