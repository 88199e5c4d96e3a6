/** Installs moto where it is missing: `npx node tools/moto/install.ts`. */
import { installMoto, locateMoto } from './moto.ts';

try {
  const place = locateMoto();
  if ('missing' in place) throw new Error(place.missing);
  await installMoto(place);
} catch (error) {
  process.stderr.write(`[moto] ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
