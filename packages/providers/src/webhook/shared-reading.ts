/**
 * Reads one thing for many: whoever asks while a reading is under way gets the next one, which begins after he asked, and shares it with all the others who wait.
 *
 * So nobody is answered with what was read before his question, and a hundred who ask at once cost two readings.
 */
export class SharedReading<T> {
  readonly #read: (signal: AbortSignal) => Promise<T>;
  #current: Promise<unknown> | undefined;
  #next: Promise<T> | undefined;

  /** @param read ends by itself, in a time of its own */
  constructor(read: (signal: AbortSignal) => Promise<T>) {
    this.#read = read;
  }

  /** @throws the signal's reason, where it is aborted first; the others' reading goes on */
  async get(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    let reading: Promise<T>;
    if (this.#current === undefined) reading = this.#start();
    else reading = this.#next ??= this.#afterCurrent();
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([reading, left]);
    } finally {
      if (leave !== undefined) signal.removeEventListener('abort', leave);
    }
  }

  async #afterCurrent(): Promise<T> {
    await this.#current;
    this.#next = undefined;
    return await this.#start();
  }

  #start(): Promise<T> {
    const reading = this.#read(NEVER);
    // Its failure is told to those who wait for it.
    const over = reading
      .catch(() => undefined)
      .finally(() => {
        if (this.#current === over) this.#current = undefined;
      });
    this.#current = over;
    return reading;
  }
}

const NEVER = new AbortController().signal;
