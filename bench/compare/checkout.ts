import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The full hash of a commit of this repository. @throws {Error} where there is none of that name */
export function commitOf(name: string): string {
  return execFileSync('git', ['-C', ROOT, 'rev-parse', '--verify', `${name}^{commit}`], { encoding: 'utf8' }).trim();
}

/**
 * Puts the files of a commit into a folder, with all that it takes to build the resolver.
 *
 * Not as a worktree of git: nothing is left behind in the repository by a run that is killed. Where another checkout has the same package-lock.json, the packages installed there
 * are linked, but for the workspace's own, which must be the commit's.
 *
 * @param others checkouts with packages installed, beside this one
 */
export function checkOut(commit: string, folder: string, others: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['-C', ROOT, 'archive', commit], { maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  const lock = (root: string): string => readFileSync(join(root, 'package-lock.json'), 'utf8');
  const same = [ROOT, ...others].find((root) => lock(root) === lock(folder));
  if (same === undefined)
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  else linkPackages(same, folder);
  const native = join(folder, 'packages', 'dns-server', 'native', 'build.mjs');
  if (existsSync(native)) execFileSync(process.execPath, [native, '--require'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Links what is installed in one checkout into another of the same package-lock.json. */
export function linkPackages(from: string, to: string): void {
  const workspaces = ['packages', 'apps'].flatMap((kind) =>
    existsSync(join(to, kind)) ? readdirSync(join(to, kind)).map((name) => join(kind, name)) : [],
  );
  for (const workspace of ['.', ...workspaces])
    linkFolder(join(from, workspace, 'node_modules'), join(to, workspace, 'node_modules'));
}

function linkFolder(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (existsSync(target)) continue;
    if (name !== '@kubezone') {
      symlinkSync(source, target);
      continue;
    }
    // Relative links to the workspaces: repeated here, they lead to the commit's own.
    mkdirSync(target);
    for (const own of readdirSync(source)) symlinkSync(readlinkSync(join(source, own)), join(target, own));
  }
}
