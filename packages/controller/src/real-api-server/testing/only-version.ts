import { parse } from 'yaml';

/** A definition as it was when its kind had one of its versions only. */
export function onlyVersion(definition: string, version: string): string {
  const { spec, ...rest } = parse(definition) as { readonly spec: { readonly versions: readonly { readonly name: string }[] } };
  const versions = spec.versions.flatMap((one) => (one.name === version ? { ...one, served: true, storage: true } : []));
  return JSON.stringify({ ...rest, spec: { ...spec, versions } });
}
