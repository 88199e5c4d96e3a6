import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';

/** A list of kinds is some KiB long; that of a group with hundreds of them, some hundred. */
const LARGEST_OCTETS = 8 * 1024 * 1024;

/** What the API says of itself at a path. */
export interface ReadJson {
  /** As `OpenAnswer.server`. */
  readonly server: string;
  readonly value: unknown;
}

/**
 * Reads a small answer as a whole.
 *
 * @throws {ApiError} where there is none, or it is too large, or no JSON
 */
export async function readJson(client: Pick<ApiClient, 'open'>, path: string, signal: AbortSignal): Promise<ReadJson> {
  const answer = await client.open(path, signal);
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of answer.body) {
    octets += chunk.length;
    if (octets > LARGEST_OCTETS) {
      answer.close();
      throw new ApiError('API_TOO_LARGE', `the API server's list of kinds has more than ${LARGEST_OCTETS} octets`);
    }
    chunks.push(chunk);
  }
  try {
    return { server: answer.server, value: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch (error) {
    throw new ApiError('API_BAD_RESPONSE', 'the API server answered something that is not JSON', { cause: error });
  }
}
