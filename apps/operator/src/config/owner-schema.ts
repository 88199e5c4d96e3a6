import {
  anyText,
  listOf,
  nonEmpty,
  oneOf,
  type Paths,
  type SchemaOf,
  secretText,
  strictMap,
  textLeaf,
  textOr,
} from '@kubezone/app';
import {
  type AdoptRule,
  externalDnsKey,
  isFailure,
  markerKey,
  type OwnerName,
  scanAdoptRule,
  scanUnicodeName,
} from '@kubezone/core';
import * as z from 'zod/mini';

/** What the configuration says of who writes. */
export interface OwnerSchemaOutput {
  readonly id: string;
  readonly secrets: readonly string[];
  readonly adopt: readonly AdoptRule[];
}

/** Octets that nobody guesses. */
const MIN_SECRET_OCTETS = 16;

/** What an owner id may be: it stands in a field of a marker, between commas. */
const ownerId = textLeaf('an owner id of letters, digits, ".", "_" and "-", 63 at most', (text) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text) ? text : undefined,
);

const rule = (paths: Paths): SchemaOf<AdoptRule> =>
  textOr<AdoptRule>(
    textLeaf('external-dns/OWNER, mate/GROUP, ares, kubezone/OWNER or kubezone/OWNER@CLUSTER', scanAdoptRule),
    ruleMap(paths),
  );

const FORMATS = ['external-dns', 'mate', 'ares', 'kubezone', 'unmarked'] as const;

/** A name, or `*.` before one for all that is below it. */
const pattern: SchemaOf<OwnerName> = textLeaf('a name such as www.example.com, or *.example.com for all below it', (text) => {
  const name = scanUnicodeName(text);
  return text === '@' || isFailure(name) ? undefined : name;
});

/** Which keys each format takes, and which of them it needs. */
const KEYS: Readonly<
  Record<(typeof FORMATS)[number], { readonly allowed: readonly string[]; readonly needed: readonly string[] }>
> = {
  'external-dns': { allowed: ['owner', 'txtPrefix', 'txtSuffix', 'wildcardReplacement', 'encryptionKey'], needed: ['owner'] },
  mate: { allowed: ['group'], needed: ['group'] },
  ares: { allowed: [], needed: [] },
  kubezone: { allowed: ['owner', 'cluster'], needed: ['owner'] },
  unmarked: { allowed: ['names'], needed: ['names'] },
};

function ruleMap(paths: Paths): SchemaOf<AdoptRule> {
  const affix = z.optional(textLeaf('text', (text) => text));
  const aesKey = secretText(paths, (text) =>
    externalDnsKey(text) === undefined ? 'expected 32 octets as they are, or in base64' : undefined,
  );
  return z.pipe(
    strictMap({
      format: oneOf(FORMATS),
      owner: z.optional(anyText('an owner id')),
      group: z.optional(anyText('a record group id')),
      cluster: z.optional(anyText('the id of a cluster')),
      txtPrefix: affix,
      txtSuffix: affix,
      wildcardReplacement: affix,
      encryptionKey: z.optional(aesKey),
      names: z.optional(nonEmpty(listOf(pattern, 'a list of names'), 'at least one name')),
    }),
    z.transform((given, context): AdoptRule => {
      const { format, owner = '', group = '', cluster, encryptionKey, names = [] } = given;
      const { txtPrefix = '', txtSuffix = '', wildcardReplacement = '' } = given;
      const { allowed, needed } = KEYS[format];
      const refuse = (key: string, code: string, message: string): void =>
        void context.issues.push({ code: 'custom', message, params: { code, secret: true }, input: undefined, path: [key] });
      for (const [key, value] of Object.entries(given)) {
        if (key !== 'format' && value !== undefined && !allowed.includes(key))
          refuse(key, 'EXCLUDED', `not allowed with format ${format}, which takes ${allowed.join(', ') || 'nothing more'}`);
      }
      for (const key of needed)
        if (given[key as keyof typeof given] === undefined) refuse(key, 'MISSING', `expected with format ${format}`);
      switch (format) {
        case 'external-dns': {
          const key = encryptionKey === undefined ? undefined : externalDnsKey(encryptionKey);
          return { format, owner, txtPrefix, txtSuffix, wildcardReplacement, ...(key !== undefined && { encryptionKey: key }) };
        }
        case 'mate':
          return { format, group };
        case 'ares':
          return { format };
        case 'kubezone':
          return { format, owner, ...(cluster !== undefined && { cluster }) };
        case 'unmarked':
          return { format, names };
        default:
          return format satisfies never;
      }
    }),
  );
}

/** The schema of `owner`. */
export function ownerSchema(paths: Paths): SchemaOf<OwnerSchemaOutput> {
  const secret = secretText(paths, (text) =>
    Buffer.byteLength(text) < MIN_SECRET_OCTETS ? `expected at least ${MIN_SECRET_OCTETS} octets` : undefined,
  );
  // Somebody who forgets the list writes the secret where the list belongs.
  const secrets: SchemaOf<readonly string[]> = z.pipe(
    z.unknown(),
    z.transform((value, context): readonly string[] => {
      const refuse = (message: string, path: PropertyKey[] = []): void =>
        void context.issues.push({
          code: 'custom',
          message,
          input: undefined,
          path,
          params: { code: 'BAD_VALUE', secret: true },
        });
      if (!Array.isArray(value)) {
        refuse('expected a list of secrets');
        return [];
      }
      return value.flatMap((one: unknown, index) => {
        const { data, error } = secret.safeParse(one);
        for (const { message } of error?.issues ?? []) refuse(message, [index]);
        return data ?? [];
      });
    }),
  );
  return strictMap({
    id: ownerId,
    secrets: z._default(secrets, []),
    adopt: z._default(listOf(rule(paths), 'a list of whose names to take over'), []),
  });
}

/** The keys of secrets. */
export function keysOf(secrets: readonly string[]): OwnerKeys {
  return secrets.map((secret) => markerKey(secret));
}

type OwnerKeys = readonly ReturnType<typeof markerKey>[];
