// The build of the app, as `npm run build` runs it. A folder given as argument takes the place of dist: tests build into one of their own.
import { resolve } from 'node:path';

import { bundle } from './bundle.ts';

const folder = process.argv[2];
await bundle(...(folder === undefined ? [] : [resolve(folder)]));
