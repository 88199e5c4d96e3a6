import { isFailure, type LookUp, scanAddress } from '@kubezone/core';

/** Names elsewhere with their addresses, for tests: there is no other name. */
export function lookUpIn(names: Readonly<Record<string, readonly string[]>>): LookUp {
  return {
    addresses: (name, type) => {
      const rdatas = (names[name] ?? []).flatMap((text) => {
        const address = scanAddress(text);
        return isFailure(address) || address.type !== type ? [] : [address.rdata];
      });
      return Promise.resolve(rdatas.length === 0 ? { kind: 'none' } : { kind: 'addresses', ttl: 300, rdatas });
    },
    alias: () => Promise.resolve({ kind: 'none' }),
    stop: () => undefined,
  };
}
