import type { Clock, LogFields, Logger } from '@kubezone/core';

/** The machine's own time. Waiting can be cut short, so that a test need not. */
export class TestClock implements Clock {
  /** Nobody waits longer than so many milliseconds. */
  longest = Infinity;
  /** How long somebody wanted to wait, each time, in milliseconds. */
  readonly delays: number[] = [];

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(delayMs: number, callback: () => void): () => void {
    this.delays.push(delayMs);
    const timer = setTimeout(callback, Math.min(delayMs, this.longest));
    return () => clearTimeout(timer);
  }
}

/** Keeps what is logged. */
export class RecordingLogger implements Logger {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields | undefined }[] = [];

  debug(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'debug', message, fields });
  }

  info(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'error', message, fields });
  }
}
