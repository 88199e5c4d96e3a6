import type { ChildProcess } from 'node:child_process';

import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';

import { isFields } from '../../resources/fields.ts';

type Spawn = (...args: readonly unknown[]) => ChildProcess;

/**
 * Follows the credential plugins that a kubeconfig starts, which client-node gives no handle of: it keeps the function by which it starts them
 * in a field, and that is where we stand. Should the field go one day, plugins are not ended early, and nothing else changes.
 *
 * @returns ends those that are running
 */
export function followPlugins(config: KubeConfig): () => void {
  const running = new Set<ChildProcess>();
  const { authenticators } = config as unknown as { readonly authenticators?: unknown };
  for (const authenticator of Array.isArray(authenticators) ? (authenticators as readonly unknown[]) : []) {
    if (!isFields(authenticator) || typeof authenticator['execFn'] !== 'function') continue;
    const spawn = authenticator['execFn'] as Spawn;
    const followed: Spawn = (...args) => {
      const plugin = spawn(...args);
      running.add(plugin);
      plugin.on('close', () => running.delete(plugin));
      return plugin;
    };
    Object.assign(authenticator, { execFn: followed });
  }
  return () => {
    for (const plugin of running) {
      plugin.kill();
      // What a shell script has started may live on, and holds these open.
      plugin.stdout?.destroy();
      plugin.stderr?.destroy();
      plugin.unref();
    }
  };
}
