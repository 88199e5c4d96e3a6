import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';

import { printMistake, systemClock } from '@kubezone/app';
import { eventually } from '@kubezone/app/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { load, loadFile } from './testing/load-text.ts';
import { OperatorWorld } from './testing/operator-world.ts';
import { serveWebhook } from './webhook-command.ts';

/** In every secret of these tests, as it stands and in base64. */
const SECRET = 'hunter2-hunter2-hunter2';
const BASE64 = Buffer.from(SECRET).toString('base64');
const LEAK = new RegExp(`hunter2|${BASE64.slice(0, 12)}|${Buffer.from(`user:${SECRET}`).toString('base64').slice(0, 16)}`);

let world: OperatorWorld;
let echo: Server;
let http: string;
let dns: TcpServer;
/** What servers were told. */
let told: string;
const environment = { ...process.env };

/** Whatever it is asked, it refuses, and repeats all that it was told: the worst that a vendor or a proxy can do. */
function repeatAll(request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const { authorization = '' } = request.headers;
    const plain = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
    const all = `you said ${JSON.stringify(request.headers)} ${plain} ${request.url} ${body}`;
    told += all;
    if ('x-amz-date' in request.headers) {
      // AWS's services do so where a signature is wrong: they repeat what should have been signed, session tokens among it.
      const said = Object.entries(request.headers).map(([name, value]) => `${name}:${String(value)}`);
      const why = `The request signature we calculated does not match. The Canonical String for this request should have been\n'GET\n${said.join('\n')}'`;
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>${why}</Message></Error></ErrorResponse>`,
      );
      return;
    }
    const errors = [{ code: 9109, message: all, error_chain: [{ code: 1, message: all }] }];
    response.writeHead(403, { 'content-type': 'application/json', 'x-request-id': all.replaceAll(/[^ -~]/g, '').slice(0, 1000) });
    response.end(
      JSON.stringify({
        success: false,
        errors,
        error: { code: 403, message: all, errors: [{ reason: all, message: all }] },
        message: all,
      }),
    );
  });
}

beforeEach(async () => {
  world = await OperatorWorld.make();
  told = '';
  echo = createServer(repeatAll);
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  http = `127.0.0.1:${(echo.address() as { port: number }).port}`;
  dns = createTcpServer((socket) => socket.on('error', () => undefined).end('hunter2'));
  await new Promise<void>((resolve) => dns.listen(0, '127.0.0.1', resolve));
  await world.put(
    'www.yaml',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: www, namespace: shop}\nspec: {rules: [{host: www.a.test}]}\nstatus: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}\n',
  );
});

afterEach(async () => {
  process.env = { ...environment };
  await world.end();
  echo.closeAllConnections();
  echo.close();
  dns.close();
});

/** Each place where secrets stand, with a server that repeats them. */
async function placesOfSecrets(): Promise<readonly string[]> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const account = {
    type: 'service_account',
    project_id: 'p',
    private_key_id: SECRET,
    private_key: key,
    client_email: 'a@p.test',
  };
  await world.put('google.json', JSON.stringify({ ...account, client_id: SECRET, token_uri: `http://${http}/token` }));
  await world.put('token.txt', `${SECRET}\n`);
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: SECRET,
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: SECRET,
    AWS_ENDPOINT_URL_STS: `http://${http}/sts`,
  });
  const role = 'assumeRole: "arn:aws:iam::123456789012:role/dns"';
  const port = (dns.address() as { port: number }).port;
  return [
    `cloudflare, providerOptions: {apiToken: ${SECRET}, baseUrl: "http://${http}/a"}`,
    `cloudflare, providerOptions: {apiToken: "file:${join(world.folder, 'token.txt')}", baseUrl: "http://user:${SECRET}@${http}/b"}`,
    `cloudflare, providerOptions: {email: "a@${SECRET}.test", apiKey: ${SECRET}, baseUrl: "http://${http}/c"}`,
    `route53, providerOptions: {endpoint: "http://${http}", region: us-east-1}`,
    `route53, providerOptions: {endpoint: "http://user:${SECRET}@${http}/d", region: us-east-1, ${role}, assumeRoleExternalId: ${SECRET}}`,
    `google, providerOptions: {project: p, credentialsFile: ${join(world.folder, 'google.json')}, apiEndpoint: "http://user:${SECRET}@${http}"}`,
    `rfc2136, providerOptions: {servers: ["127.0.0.1:${port}"], zones: [a.test], tsig: {name: k, secret: ${BASE64}}}`,
    `webhook, providerOptions: {url: "http://user:${SECRET}@${http}/", zones: [a.test]}`,
    `webhook, providerOptions: {url: "http://user:${SECRET}@127.0.0.1:9/?token=${SECRET}"}`,
  ];
}

const configured = (places: readonly string[]): string => `sources: [ingress]
owner: {id: me, secrets: [${SECRET}], adopt: [{format: external-dns, owner: o, encryptionKey: "${SECRET}-12345678"}]}
log: {level: debug}
providers:
${places.map((place) => `  - {selector: [a.test], provider: ${place}}\n`).join('')}`;

/** What a log would print of errors. */
function errorsToo(_key: string, value: unknown): unknown {
  return value instanceof Error
    ? { ...Object.fromEntries(Object.entries(value)), message: value.message, stack: value.stack, cause: value.cause }
    : value;
}

describe('secrets', () => {
  it('are in no log, error, metric, complaint or plan, even where servers repeat them', async () => {
    const config = world.config(configured(await placesOfSecrets()), '--metrics', '127.0.0.1:0', '--plan-output', 'json');
    const operator = await world.start(config);
    const failing = (): Promise<string[]> =>
      Promise.resolve(
        operator.publisher
          .status()
          .filter(({ failure, zones }) => failure === undefined && !zones.some((zone) => zone.failure !== undefined))
          .map(({ provider }) => provider),
      );
    await eventually('all providers to fail', 20_000, failing, (working) => working.length === 0);
    // They were told, or nothing is shown by their silence.
    expect(told).toMatch(LEAK);
    const at = `http://127.0.0.1:${operator.probeAddresses[0]?.port}`;
    const pages = ['/metrics', '/readyz', '/debug/conflicts'].map(async (path) => (await fetch(`${at}${path}`)).text());
    const parts: Readonly<Record<string, string>> = {
      pages: (await Promise.all(pages)).join('\n'),
      printed: world.take(),
      log: JSON.stringify(world.logger.lines, errorsToo),
      status: JSON.stringify(operator.publisher.status(), errorsToo),
      plans: JSON.stringify(operator.publisher.plans()),
      events: JSON.stringify([...operator.publisher.complaints()]),
      conditions: JSON.stringify(operator.publisher.outcomes('www.a.test.' as Parameters<typeof operator.publisher.outcomes>[0])),
    };
    for (const provider of ['cloudflare', 'route53', 'google', 'rfc2136', 'webhook']) expect(parts['log']).toContain(provider);
    for (const [part, text] of Object.entries(parts))
      expect([part, ...(text.match(new RegExp(`.{0,200}(?:${LEAK.source}).{0,40}`)) ?? [])]).toEqual([part]);
  }, 60_000);

  it('are in no log or answer of webhook-server', async () => {
    // Their SDKs take seconds to give up; what they say has been looked at above.
    for (const place of (await placesOfSecrets()).filter((one) => !/^(?:google|route53)/.test(one))) {
      const [entry] = world.config(configured([place])).providers;
      if (entry === undefined) throw new Error('no entry');
      const anywhere = [{ address: '127.0.0.1', port: 0 }];
      const { provider, name, selectors, excludeNames } = entry;
      const log = { level: 'debug', format: 'json' } as const;
      const start = { provider, name, selectors, excludeNames, ttl: 300, listen: anywhere, metrics: anywhere, log };
      const server = await serveWebhook(start, { clock: systemClock, logger: world.logger, print: () => undefined });
      const [at, probe] = [server.addresses, server.probeAddresses].map((some) => `http://127.0.0.1:${some[0]?.port}`);
      const wanted = { create: [{ dnsName: 'www.a.test', recordType: 'A', targets: ['192.0.2.1'] }] };
      const answers = await Promise.all(
        [fetch(`${at}/`), fetch(`${at}/records`), fetch(`${at}/records`, { method: 'POST', body: JSON.stringify(wanted) })].map(
          async (asked) => (await asked).text(),
        ),
      );
      answers.push(await (await fetch(`${probe}/readyz`)).text(), await (await fetch(`${probe}/metrics`)).text());
      await server.stop();
      expect(answers.join('\n')).not.toMatch(LEAK);
    }
    expect(JSON.stringify(world.logger.lines, errorsToo)).not.toMatch(LEAK);
  }, 60_000);

  it.each([
    `clusters: [{server: "https://user:${SECRET}@k.test"}]`,
    `clusters: [{server: "https://user:${SECRET}@k.test", manifests: ./m}]`,
    `clusters: [{server: "ftp://user:${SECRET}@k.test"}]`,
  ])('are in no message of a configuration that is wrong: %s', (yaml) => {
    const loaded = loadFile(`sources: [ingress]\nowner: {id: me}\nproviders: [{selector: [a.test], provider: route53}]\n${yaml}`);
    if (loaded.kind !== 'mistakes') throw new Error('nothing is wrong');
    expect(loaded.mistakes.map(printMistake).join('\n')).not.toMatch(LEAK);
  });

  it.each([
    ['--kubernetes-server', `https://user:${SECRET}@k.test`],
    ['--provider-option=apiToken', SECRET],
    ['--provider-option', 'apiToken', '=', SECRET],
  ])('are in no message of flags that are wrong: %j', (...words) => {
    const loaded = load(['--source', 'ingress', '--owner-id', 'me', '--provider', 'cloudflare', ...words]);
    if (loaded.kind !== 'mistakes') throw new Error('nothing is wrong');
    expect(loaded.mistakes.map(printMistake).join('\n')).not.toMatch(LEAK);
  });
});
