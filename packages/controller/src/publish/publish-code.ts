/** What stands in the way of publishing, beside what plans (`WithheldCode`) and providers (`ProviderErrorCode`) say. */
export type PublishCode =
  /** The provider to which a name goes has no zone for it. */
  | 'NO_PROVIDER_ZONE'
  /** No reply came to a write: it may have happened or not. The names are read before anything else. */
  | 'WRITE_OUTCOME_UNKNOWN'
  /** A provider failed by a defect. */
  | 'PROVIDER_FAULT';
