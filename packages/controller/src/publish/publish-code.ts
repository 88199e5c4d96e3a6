/** What stands in the way of publishing, beside what plans (`WithheldCode`) and providers (`ProviderErrorCode`) say. */
export type PublishCode =
  /** The provider to which a name goes has no zone for it. */
  | 'NO_PROVIDER_ZONE'
  /** Another entry of `providers`, which stands before it, publishes the name in the same zone, and not alike. */
  | 'OTHER_ENTRY'
  /** No reply came to a write: it may have happened or not. The names are read before anything else. */
  | 'WRITE_OUTCOME_UNKNOWN'
  /** A provider failed by a defect. */
  | 'PROVIDER_FAULT'
  /** More of a zone would be deleted than `safety.maxDeletes` allows: the deletes wait until somebody confirms them. */
  | 'DELETES_HELD'
  /** More of a zone would become something else than `safety.maxUpdates` allows: the updates wait until somebody confirms them. */
  | 'UPDATES_HELD';
