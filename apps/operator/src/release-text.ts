import { type LeasePlace, OPERATOR_APP, type ReleaseText } from '@kubezone/controller';

import type { OperatorConfig } from './config/operator-config.ts';
import { CONFIRM_ANNOTATION } from './lease-notes.ts';

/** How a person lets held changes go: at the Lease, or by another start where there is none, or where nobody will look at it. */
export function releaseText({ run }: Pick<OperatorConfig, 'run'>, place: LeasePlace | undefined): ReleaseText {
  return (zone, sha256) => {
    if (place === undefined || run.once) return `let it go with --once --confirm ${sha256}`;
    const { namespace, name } = place;
    const lease = `--lease-namespace ${namespace}${name === OPERATOR_APP.name ? '' : ` --lease-name ${name}`}`;
    return `let it go: kubezone-operator confirm ${sha256} ${lease}, or kubectl annotate -n ${namespace} lease ${name} ${CONFIRM_ANNOTATION}=${zone}=${sha256}`;
  };
}
