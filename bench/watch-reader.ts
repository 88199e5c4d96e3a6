import { readFileSync } from 'node:fs';
import { request } from 'node:https';

import type { ControlPlane } from '../tools/control-plane/control-plane.ts';

/** A raw watch of one resource, beside that of the server under test: it tells when an event could be read from a socket. */
export interface WatchReader {
  /** Resolves with the moment (performance.now) at which an event whose line contains the text was there to be read. */
  seen(text: string): Promise<number>;
  close(): void;
}

/** Opens a watch from now on. */
export function openWatch(cluster: ControlPlane, path: string): Promise<WatchReader> {
  const url = new URL(`${path}?watch=1&allowWatchBookmarks=false`, cluster.server);
  const waiting = new Map<string, (at: number) => void>();
  let rest = '';
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        ca: readFileSync(cluster.caPath),
        headers: { authorization: `Bearer ${cluster.adminToken}` },
        agent: false,
      },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const at = performance.now();
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          if (waiting.size === 0) return;
          for (const line of lines) {
            for (const [text, found] of waiting) {
              if (!line.includes(text)) continue;
              waiting.delete(text);
              found(at);
            }
          }
        });
        resolve({
          seen: (text) => new Promise((found) => waiting.set(text, found)),
          close: () => sent.destroy(),
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}
