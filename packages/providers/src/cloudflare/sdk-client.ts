import type { PartialCloudflare } from 'cloudflare/tree-shakable';
import type { BaseRecords } from 'cloudflare/resources/dns/records';
import type { BaseZones } from 'cloudflare/resources/zones/zones';

import type { Credentials } from './cloudflare-options.ts';

/** The parts of the vendor's SDK that are used. */
export type SdkClient = PartialCloudflare<{ dns: { records: BaseRecords }; zones: BaseZones }>;

/**
 * The vendor's SDK, loaded when it is first needed. It does not retry by itself: a write must not be sent twice, and a wait that the API asks for is the
 * caller's to keep. It logs nothing: its log lines have headers in them.
 */
export async function openClient(credentials: Credentials, baseUrl: string): Promise<SdkClient> {
  const [{ createClient }, records, zones] = await Promise.all([
    import('cloudflare/tree-shakable'),
    import('cloudflare/resources/dns/records'),
    import('cloudflare/resources/zones/zones'),
  ]);
  return createClient({
    ...credentials,
    userServiceKey: null,
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    resources: [records.BaseRecords, zones.BaseZones],
  });
}
