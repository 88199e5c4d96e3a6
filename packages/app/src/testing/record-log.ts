import type { LogFields, Logger } from '@kubezone/core';

/** One line of a log. */
export interface LoggedLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it is told. */
export interface RecordingLogger extends Logger {
  readonly lines: LoggedLine[];
  /** Takes all lines out, each as `level: message`. */
  readonly take: () => string[];
}

export function recordLog(): RecordingLogger {
  const lines: LoggedLine[] = [];
  const at =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields });
  return {
    lines,
    take: () => lines.splice(0).map(({ level, message }) => `${level}: ${message}`),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}
