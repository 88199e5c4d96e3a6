// The build of the app, as `npm run build` runs it. A folder given as argument takes the place of dist: tests build into one of their own.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleApp } from '../../../tools/bundle/bundle-app.ts';

await bundleApp({
  app: 'operator',
  folder: resolve(process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url))),
  // A third less processor time for a first sync than the default, and less memory at its height (docs/performance.md).
  heapFlag: '--semi-space-growth-factor=1',
});
