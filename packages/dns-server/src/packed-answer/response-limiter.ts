/** What becomes of an answer: it is sent, sent without its records and with TC set (so that a client that is no forgery asks again over TCP), or not sent. */
export type Verdict = 'send' | 'truncate' | 'drop';

/** Limits how many answers go where, so that the server is of no use to whoever forges the addresses of others. Asked about each answer over UDP, if there is one at all. */
export interface ResponseLimiter {
  /**
   * @param address the client's, 4 or 16 octets
   * @param account what is answered again and again: a hash of the name for data, of the zone for names that do not exist, 0 for refusals and errors
   * @param rcode the answer's
   * @param octets the answer's length
   */
  judge(address: Uint8Array, account: number, rcode: number, octets: number): Verdict;
}
