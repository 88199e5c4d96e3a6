import { findControlPlane } from '../../../../../tools/control-plane/control-plane.ts';
import { type Definitions, findDefinitions } from '../../../../../tools/control-plane/definitions.ts';

/**
 * Finds what these tests need: an API server, and the definitions of custom resources. What is missing is said on standard error, and is an error where `CI=true`.
 *
 * @param suite what is skipped without them
 */
export async function findPrerequisites(
  suite: string,
): Promise<{ readonly definitions: Definitions } | { readonly missing: string }> {
  const server = await findControlPlane();
  const definitions = 'missing' in server ? server : await findDefinitions();
  if (!('missing' in definitions)) return { definitions };
  const { missing } = definitions;
  if (process.env['CI'] === 'true') throw new Error(missing);
  process.stderr.write(`\n*** SKIPPED: ${suite}: ${missing}\n\n`);
  return { missing };
}
