/** What the objects of the chaos test ask for, as the test knows it: by this the zones are judged. */
import type { Chance } from './chance.ts';

export type WishKind = 'Service' | 'Ingress' | 'Record' | 'DNSEndpoint';

/** What the names of an object shall hold. */
export interface Content {
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'TXT';
  /** As in a zone file. */
  readonly values: readonly string[];
  readonly ttl: number;
}

/** An object, and what it asks for. */
export interface Wish {
  readonly id: string;
  readonly kind: WishKind;
  names: readonly string[];
  content: Content;
  /** Its status has lost all addresses; what was published stays. */
  emptied: boolean;
  /** A request is under way. */
  busy: boolean;
  /** Others had data there before, so it is not published. */
  blocked: boolean;
}

const DEFAULT_TTL = 300;

/**
 * Chooses what an object of a kind may ask for: hardly ever the same twice, so that it is seen what has come from which.
 *
 * @param plain addresses only: the name may have data of others beside
 */
export function chooseContent(kind: WishKind, plain: boolean, chance: Chance): Content {
  const address = (): string => `10.${chance.below(256)}.${chance.below(256)}.${chance.between(1, 254)}`;
  const a = (): Content['values'] => [...new Set(chance.happens(0.3) ? [address(), address()] : [address()])].toSorted();
  const ttl = kind === 'Service' || kind === 'Ingress' ? DEFAULT_TTL : (chance.pick([60, 120, 300, 600]) ?? DEFAULT_TTL);
  const type = chance.weighted<Content['type']>([
    [5, 'A'],
    [kind === 'Service' ? 0 : 2, 'AAAA'],
    [plain || kind === 'Service' ? 0 : 3, 'CNAME'],
    [plain || kind === 'Service' || kind === 'Ingress' ? 0 : 1, 'TXT'],
  ]);
  const values: Readonly<Record<Content['type'], () => readonly string[]>> = {
    A: a,
    AAAA: () => [`2001:db8::${chance.between(1, 0xffff).toString(16)}:${chance.between(1, 0xffff).toString(16)}`],
    CNAME: () => [`lb${chance.below(1_000_000)}.example.net.`],
    TXT: () => [`"text ${chance.below(1_000_000)}"`],
  };
  return { type, ttl, values: values[type]() };
}

/** The lines that a name shall hold. */
export function linesOfWish(name: string, { type, values, ttl }: Content): readonly string[] {
  return values.map((value) => `${name} ${ttl} ${type} ${value}`);
}

/** An object as it is written, and its status where that is written by itself. */
export interface WishManifest {
  readonly manifest: object;
  readonly status?: object;
}

/** The object that asks for it. */
export function manifestOf(wish: Wish): WishManifest {
  const hosts = wish.names.map((name) => name.slice(0, -1));
  return MANIFESTS[wish.kind](wish, hosts);
}

const MANIFESTS: Readonly<Record<WishKind, (wish: Wish, hosts: readonly string[]) => WishManifest>> = {
  Service: ({ id, content, emptied }, hosts) => ({
    manifest: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: id, annotations: { 'external-dns.kubernetes.io/hostname': hosts.join(',') } },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    },
    status: { loadBalancer: { ingress: emptied ? [] : content.values.map((ip) => ({ ip })) } },
  }),
  Ingress: ({ id, content: { type, values }, emptied }, hosts) => {
    const addressOf = (value: string): object => (type === 'CNAME' ? { hostname: bare(value) } : { ip: value });
    return {
      manifest: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: id },
        spec: { rules: hosts.map((host) => ({ host })) },
      },
      status: { loadBalancer: { ingress: emptied ? [] : values.map(addressOf) } },
    };
  },
  Record: ({ id, content: { type, ttl, values } }, [fqdn]) => ({
    manifest: {
      apiVersion: 'syntixi.io/v1alpha1',
      kind: 'Record',
      metadata: { name: id },
      spec: { fqdn, type, ttl, value: values.map(bare) },
    },
  }),
  DNSEndpoint: ({ id, content: { type, ttl, values } }, hosts) => ({
    manifest: {
      apiVersion: 'externaldns.k8s.io/v1alpha1',
      kind: 'DNSEndpoint',
      metadata: { name: id },
      spec: {
        endpoints: hosts.map((dnsName) => ({ dnsName, recordType: type, recordTTL: ttl, targets: values.map(bare) })),
      },
    },
  }),
};

/** Where objects of a kind are. */
export const PATHS: Readonly<Record<WishKind, string>> = {
  Service: '/api/v1/namespaces/default/services',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
  Record: '/apis/syntixi.io/v1alpha1/namespaces/default/records',
  DNSEndpoint: '/apis/externaldns.k8s.io/v1alpha1/namespaces/default/dnsendpoints',
};

/** A value as objects have it: host names without their final dot, texts without quotes. */
function bare(value: string): string {
  return value.replace(/\.$/, '').replaceAll('"', '');
}
