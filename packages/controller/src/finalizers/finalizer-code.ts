/** Why a Record that was deleted is still there, or something of what it published is. */
export type FinalizerCode =
  /** The Record waits until the provider has acknowledged that what it published is gone. */
  | 'DELETE_PENDING'
  /** A policy, the Record's own wish or a safety rule holds what it published, and nothing says for how long: the Record does not wait for it. */
  | 'DELETE_WITHHELD'
  /** The Record has waited for so long that it waits no more. What it published is deleted as soon as it can be. */
  | 'DELETE_UNCONFIRMED';
