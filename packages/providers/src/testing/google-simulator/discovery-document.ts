import { readPypiFile } from '../pypi-file.ts';

/** A type of a discovery document (https://developers.google.com/discovery/v1/type-format). */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}

/** A parameter in a path or a query. */
export interface Parameter extends Schema {
  readonly location: 'path' | 'query';
  readonly required?: boolean;
}

/** What can be asked of an API. */
export interface Method {
  readonly id: string;
  readonly httpMethod: string;
  /** With parameters in braces: `dns/v1/projects/{project}/managedZones`. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly request?: { readonly $ref: string };
  readonly response?: { readonly $ref: string };
}

/** Google's own description of an API, as far as it is read here. */
export interface DiscoveryDocument {
  readonly revision: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly resources: Readonly<Record<string, { readonly methods: Readonly<Record<string, Method>> }>>;
}

/** The discovery document of Cloud DNS v1, as Google's client for Python carries it. */
export async function readDiscoveryDocument(): Promise<DiscoveryDocument> {
  const text = await readPypiFile({
    project: 'google-api-python-client',
    version: '2.202.0',
    wheelSha256: 'aaa90064c9bb642ff1d065b22ca8958a2cb6e345909cefe70d0e5452fc50e08b',
    member: 'googleapiclient/discovery_cache/documents/dns.v1.json',
    memberSha256: '1953f49087338e0373f6dd89b335cd189e1a2cec451f88485ecb9f678af4167e',
  });
  return JSON.parse(text) as DiscoveryDocument;
}
