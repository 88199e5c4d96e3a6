import { isFields } from '../resources/fields.ts';

/** What an error says, in one line, and not cut off unless it is very long. Of a YAML or TLS error the further lines are a piece of the file. */
export function messageOf(error: unknown): string {
  const message = isFields(error) && typeof error['message'] === 'string' ? error['message'] : String(error);
  return message.split('\n', 1)[0]?.trim().slice(0, 400) ?? '';
}

/** The system's code of an error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return isFields(error) && typeof error['code'] === 'string' ? error['code'] : undefined;
}
