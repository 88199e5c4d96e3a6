import type { RelayServer } from './fallthrough-options.ts';

/** After so many failures in a row a server is asked after the others. */
const FAILURES = 3;
/** For so long, in milliseconds. */
const REST_MS = 10_000;

/** In which order servers are asked: as they are configured, but those that do not answer come last for a while, so that not every query waits for them. */
export class ServerOrder {
  readonly #servers: readonly RelayServer[];
  readonly #failures: number[];
  readonly #restsUntil: number[];

  constructor(servers: readonly RelayServer[]) {
    this.#servers = servers;
    this.#failures = servers.map(() => 0);
    this.#restsUntil = servers.map(() => -Infinity);
  }

  /**
   * The indices of all servers, the one to be asked first before the others.
   *
   * @param now milliseconds, on a clock that only goes forward
   */
  at(now: number): number[] {
    const indices = [...this.#servers.keys()];
    const rests = (index: number): boolean => now < (this.#restsUntil[index] as number);
    return [...indices.filter((index) => !rests(index)), ...indices.filter(rests)];
  }

  /** A server has answered. Returns whether it had come last before. */
  succeeded(index: number): boolean {
    const hadFailed = (this.#failures[index] as number) >= FAILURES;
    this.#failures[index] = 0;
    this.#restsUntil[index] = -Infinity;
    return hadFailed;
  }

  /** A server has not answered, could not be reached, or refused. Returns whether it comes last from now on, and did not before. */
  failed(index: number, now: number): boolean {
    const failures = (this.#failures[index] as number) + 1;
    this.#failures[index] = failures;
    if (failures >= FAILURES) this.#restsUntil[index] = now + REST_MS;
    return failures === FAILURES;
  }
}
