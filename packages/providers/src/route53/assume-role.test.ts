import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it } from '@jest/globals';

import { ACCESS_KEY, openRoute53, SECRET } from '../testing/route53-simulator/under-test.ts';

it('takes a role with the credentials that it has, and asks Route 53 with those of the role', async () => {
  const asked: { readonly body: URLSearchParams; readonly authorization: string }[] = [];
  // As the STS API Reference shows the answer to AssumeRole.
  const sts = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ body: new URLSearchParams(body), authorization: request.headers.authorization ?? '' });
      const credentials = `<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>${SECRET}</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`;
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>${credentials}</AssumeRoleResult></AssumeRoleResponse>`,
      );
    });
  });
  sts.listen(0, '127.0.0.1');
  await once(sts, 'listening');
  process.env['AWS_ENDPOINT_URL_STS'] = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
  const role = 'arn:aws:iam::123456789012:role/dns';
  const { provider, simulator } = await openRoute53(
    { assumeRole: role, assumeRoleExternalId: 'ext-1' },
    { accessKeys: ['ASIAROLE'] },
  );
  try {
    const signal = new AbortController().signal;
    expect(await provider.zones(signal)).toHaveLength(1);
    expect(await provider.zones(signal)).toHaveLength(1);
    expect(asked).toHaveLength(1);
    expect(Object.fromEntries(asked[0]?.body ?? [])).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: role,
      ExternalId: 'ext-1',
      RoleSessionName: 'kubezone',
    });
    expect(asked[0]?.authorization).toContain(`Credential=${ACCESS_KEY}/`);
  } finally {
    delete process.env['AWS_ENDPOINT_URL_STS'];
    sts.closeAllConnections();
    sts.close();
    await simulator.close();
  }
});
