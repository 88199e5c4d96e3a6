/** What a DNSEndpoint of one entry asks for. */
export interface AskedEndpoint {
  /** Without its final dot. */
  readonly dnsName: string;
  readonly recordType: string;
  readonly target: string;
  readonly setIdentifier?: string;
  /** By their names, such as `aws/weight`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A manifest with a DNSEndpoint for each of these, named for its place in the list. */
export function endpointManifests(asked: readonly AskedEndpoint[]): string {
  const objects = asked.map(({ dnsName, recordType, target, setIdentifier, properties = {} }, index) => ({
    apiVersion: 'externaldns.k8s.io/v1alpha1',
    kind: 'DNSEndpoint',
    metadata: { name: `e${index}`, namespace: 'default' },
    spec: {
      endpoints: [
        {
          dnsName,
          recordType,
          recordTTL: 300,
          targets: [target],
          ...(setIdentifier === undefined ? {} : { setIdentifier }),
          providerSpecific: Object.entries(properties).map(([name, value]) => ({ name, value })),
        },
      ],
    },
  }));
  return objects.map((object) => `---\n${JSON.stringify(object)}\n`).join('');
}
