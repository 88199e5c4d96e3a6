/** Facts that go with a log line. Secrets are never among them. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logging as an argument: a constant message for a person to search, the facts as fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
