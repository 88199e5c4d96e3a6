import { openClusters, StartError, VERSION } from '@kubezone/app';
import { OPERATOR_APP, ownNamespace } from '@kubezone/controller';
import type { Clock, Logger } from '@kubezone/core';

import type { ConfirmRequest } from './config/operator-config.ts';
import { changeConfirmations, printConfirmation, scanConfirmations } from './lease-notes.ts';

/**
 * Adds a confirmation to those at the Lease of the operator, where whoever leads finds it.
 *
 * @throws {StartError} where it cannot be written
 */
export async function confirmDeletes(
  { sha256, zone, cluster, lease }: ConfirmRequest,
  { clock, logger, print }: { readonly clock: Clock; readonly logger: Logger; readonly print: (text: string) => void },
): Promise<void> {
  const config = { clusters: [cluster], fake: undefined, relativeTo: [] };
  const [opened] = openClusters(config, { userAgent: `kubezone-operator/${VERSION}`, clock, logger });
  const place = { namespace: lease.namespace ?? ownNamespace(), name: lease.name ?? OPERATOR_APP.name };
  const confirmation = printConfirmation({ zone, sha256 });
  // What waits there, for another zone or not yet seen, still counts; what is no confirmation does not.
  const add = (text: string): string => [...new Set([...scanConfirmations(text).map(printConfirmation), confirmation])].join(',');
  const where = `the Lease ${place.namespace}/${place.name}`;
  let status: number | undefined;
  try {
    if (opened?.writer !== undefined) status = await changeConfirmations(opened.writer, place, add, new AbortController().signal);
  } catch (error) {
    throw new StartError(1, [`${where} cannot be written: ${error instanceof Error ? error.message : String(error)}`], {
      cause: error,
    });
  }
  if (status === 404)
    throw new StartError(1, [`there is no such thing as ${where}: name it by --lease-namespace and --lease-name`]);
  if (status !== 200) throw new StartError(1, [`${where} cannot be written: the API server answers ${status}`]);
  print(`confirmed at ${where}; whoever holds it lets them go within seconds, and logs it\n`);
}
