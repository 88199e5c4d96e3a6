import type { Logger } from '@kubezone/core';
import { pino } from 'pino';

/** How much is logged: lines of this level and of those after it. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** What a log line is: one JSON object, or text for a person. */
export const LOG_FORMATS = ['json', 'text'] as const;

/** One of the levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];
/** One of the formats. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** How to log. */
export interface LogConfig {
  readonly level: LogLevel;
  readonly format: LogFormat;
}

/** Where to. */
export interface LogPlace {
  /** For commands whose standard output is a result. @default false */
  readonly toStandardError?: boolean;
}

/** A logger that writes to a stream, and the way to write out what it still holds. */
export interface ProcessLogger extends Logger {
  /** Writes out all lines, blocking. Before the process exits. */
  flush(): void;
}

/** Where lines go: complete, each with its line break. */
export interface LogStream {
  write(line: string): void;
}

/** How many characters wait for a reader of standard output that has stopped reading before lines are dropped. */
const MAX_WAITING = 4 * 1024 * 1024;

/**
 * Opens the log on standard output, or on standard error.
 *
 * Lines are written without blocking: a log reader that stalls must not stall answers. What it leaves unread beyond 4 MiB is dropped.
 */
export function openLog({ toStandardError = false, ...config }: LogConfig & LogPlace): ProcessLogger {
  const out = pino.destination({ dest: toStandardError ? 2 : 1, sync: false, maxLength: MAX_WAITING });
  // Nobody reads the log any more (EPIPE). Answers go on; there is nowhere to say so.
  out.on('error', () => undefined);
  const flush = (): void => {
    try {
      out.flushSync();
    } catch {
      // The same, or the stream is not open yet: nothing can be written.
    }
  };
  return { ...makeLogger(config, out), flush };
}

/** A logger that writes to a stream of the caller's. */
export function makeLogger({ level, format }: LogConfig, stream: LogStream): Logger {
  const target = format === 'json' ? stream : { write: (line: string) => stream.write(printText(line)) };
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    target,
  );
  return {
    debug: (message, fields = {}) => log.debug(fields, message),
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
  };
}

/** Turns a JSON line into `TIME LEVEL message key=value …`. */
function printText(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const printed = Object.entries(fields).map(([key, value]) => ` ${key}=${printValue(value)}`);
  return `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}${printed.join('')}\n`;
}

function printValue(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=\\]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value);
}
