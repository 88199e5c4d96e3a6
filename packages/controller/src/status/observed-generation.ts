import { isFields } from '../resources/fields.ts';
import type { StatusPart } from './status-writer.ts';

/** `status.observedGeneration`: the edition of an object (`metadata.generation`) that was looked at last. External-dns keeps it of DNSEndpoints. */
export const OBSERVED_GENERATION: StatusPart<number, number> = {
  name: 'observed generations',
  read: ({ status }) => {
    const observed = isFields(status) ? status['observedGeneration'] : undefined;
    return typeof observed === 'number' ? observed : undefined;
  },
  holds: (held, wanted) => held === wanted,
  next: (_held, wanted) => wanted,
  compose: (observedGeneration) => ({ observedGeneration }),
};
