import type { EditRefusalCode } from './edit-refusal.ts';

/** No memory is left: the zones of this process have reached the limit. */
export class ArenaFull extends Error {
  override readonly name: string = 'ArenaFull';
  readonly code: 'PACKED_MEMORY_FULL' & EditRefusalCode = 'PACKED_MEMORY_FULL';

  constructor(limitOctets: number) {
    super(`the zones take more than the ${limitOctets / 2 ** 20} MiB that they may have together`);
  }
}
