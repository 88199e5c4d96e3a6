import { expect, it } from '@jest/globals';
import { nameOf, TYPE } from '@kubezone/core';
import * as fc from 'fast-check';

import { composeEndpoint, observeEndpoints } from './endpoint-rrset.ts';

const textRdata = fc
  .array(fc.uint8Array({ maxLength: 255 }), { minLength: 1, maxLength: 4 })
  .map((strings) => Uint8Array.from(strings.flatMap((string) => [string.length, ...string])));

it('TXT data of any octets comes back as it was sent', () => {
  fc.assert(
    fc.property(fc.uniqueArray(textRdata, { minLength: 1, maxLength: 4, selector: String }), (rdatas) => {
      const sorted = rdatas.toSorted((one, other) => Buffer.compare(one, other));
      const rrset = { owner: nameOf('www.example.com'), type: TYPE.TXT, ttl: 60, rdatas: sorted };
      const json = JSON.parse(JSON.stringify(composeEndpoint(rrset))) as ReturnType<typeof composeEndpoint>;
      expect(observeEndpoints([json]).rrsets[0]?.rdatas.map(String)).toEqual(sorted.map(String));
    }),
  );
});
