/** What a project allows in one change, from its `quota`. */
export interface ChangeQuota {
  /** RRsets that are added. */
  readonly additions: number;
  /** RRsets that are deleted. */
  readonly deletions: number;
  /** Octets of rdata in presentation format, of additions and deletions together. */
  readonly rdataOctets: number;
  /** Records of one RRset. */
  readonly recordsPerRRset: number;
  /** Name servers of one delegation. */
  readonly nameServersPerDelegation: number;
}

/** The limits that every project has at first (https://cloud.google.com/dns/quotas, "Resource limits"). */
export const DEFAULT_QUOTA: ChangeQuota = {
  additions: 1000,
  deletions: 1000,
  rdataOctets: 100_000,
  recordsPerRRset: 100,
  nameServersPerDelegation: 8,
};

/** Reads a project (`GET projects/{project}`); what it does not say, or says as no positive whole number, is as every project has it at first. */
export function readQuota(project: unknown): ChangeQuota {
  const quota = fieldOf(project, 'quota');
  const limit = (field: string, otherwise: number): number => {
    const value = fieldOf(quota, field);
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : otherwise;
  };
  return {
    additions: limit('rrsetAdditionsPerChange', DEFAULT_QUOTA.additions),
    deletions: limit('rrsetDeletionsPerChange', DEFAULT_QUOTA.deletions),
    rdataOctets: limit('totalRrdataSizePerChange', DEFAULT_QUOTA.rdataOctets),
    recordsPerRRset: limit('resourceRecordsPerRrset', DEFAULT_QUOTA.recordsPerRRset),
    nameServersPerDelegation: limit('nameserversPerDelegation', DEFAULT_QUOTA.nameServersPerDelegation),
  };
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[field] : undefined;
}
