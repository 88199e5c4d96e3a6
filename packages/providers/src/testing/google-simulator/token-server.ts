import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { apiError } from './api-error.ts';

/** Looks like a secret, so that a test can look for it where it must not be. */
const SUBJECT_TOKEN = 'subject-token-of-the-simulator';

/**
 * Access tokens, exchanged for another identity provider's (RFC 8693), as with workload identity federation: the kind of credentials whose configuration names
 * the server's address.
 */
export class TokenServer {
  readonly #issued = new Set<string>();
  #folder: string | undefined;

  /** Every secret there is so far. */
  get secrets(): readonly string[] {
    return [SUBJECT_TOKEN, ...this.#issued];
  }

  /** Writes a configuration of credentials that leads here, and returns its path. */
  async writeCredentials(url: string): Promise<string> {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'kubezone-google-'));
    const subject = join(this.#folder, 'subject-token');
    await writeFile(subject, SUBJECT_TOKEN);
    const path = join(this.#folder, 'credentials.json');
    const credentials = {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/token`,
      credential_source: { file: subject },
    };
    await writeFile(path, JSON.stringify(credentials));
    return path;
  }

  /** Answers a token exchange. */
  exchange(form: URLSearchParams): unknown {
    if (form.get('subject_token') !== SUBJECT_TOKEN) return undefined;
    const token = `access-token-${this.#issued.size + 1}-of-the-simulator`;
    this.#issued.add(token);
    const issuedType = 'urn:ietf:params:oauth:token-type:access_token';
    return { access_token: token, issued_token_type: issuedType, token_type: 'Bearer', expires_in: 3600 };
  }

  /** No token that was issued so far is good any more. */
  revoke(): void {
    this.#issued.clear();
  }

  /** @throws {ApiError} 401 where the request has no token of ours */
  check(authorization: string | undefined): void {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    if (token !== undefined && this.#issued.has(token)) return;
    const message = 'Request had invalid authentication credentials. Expected OAuth 2 access token.';
    throw apiError(401, 'authError', message);
  }

  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}
