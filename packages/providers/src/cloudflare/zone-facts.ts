/** What a zone's plan allows. Source: developers.cloudflare.com/dns, "Record attributes", "Batch record changes", "TTL". */
export interface ZoneFacts {
  /** Operations in one batch. */
  readonly maxBatch: number;
  /** Characters of a comment. */
  readonly maxComment: number;
  /** Whether records may have tags. */
  readonly tags: boolean;
  /** Seconds; lower TTLs but the automatic one are refused. */
  readonly minTtl: number;
}

const FREE: ZoneFacts = { maxBatch: 200, maxComment: 100, tags: false, minTtl: 60 };
const PAID: ZoneFacts = { maxBatch: 3500, maxComment: 500, tags: true, minTtl: 60 };
const ENTERPRISE: ZoneFacts = { ...PAID, minTtl: 30 };

/** Seconds; higher TTLs are refused. */
export const MAX_TTL_SECONDS = 86_400;

/** @param plan the plan's name in the API (`legacy_id`); of what is not known the free one's limits hold */
export function zoneFacts(plan: string | undefined): ZoneFacts {
  switch (plan) {
    case undefined:
    case 'free':
      return FREE;
    case 'enterprise':
      return ENTERPRISE;
    default:
      return PAID;
  }
}
