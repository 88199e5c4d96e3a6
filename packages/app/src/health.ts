/** An answer to a probe. */
export interface Health {
  readonly ok: boolean;
  /** One line each, for a person: what is not as it should be. */
  readonly reasons: readonly string[];
  /** One line each: what is not as it should be, and no reason to say no. */
  readonly notes?: readonly string[];
}
