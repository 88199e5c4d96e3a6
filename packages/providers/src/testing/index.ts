/** Servers and simulators for tests of whole providers. */
export { buildExternalDns, locateExternalDns } from './external-dns/build.ts';
export { type ExternalDnsServer, passOfExternalDns, serveExternalDns } from './external-dns/external-dns.ts';
export { CloudflareSimulator } from './cloudflare-simulator/cloudflare-simulator.ts';
export { recordJson, type SimulatedZone as SimulatedCloudflareZone } from './cloudflare-simulator/simulated-zone.ts';
export { GoogleSimulator } from './google-simulator/google-simulator.ts';
export { linesOf } from './provided-text.ts';
export { type DnsServerName, type DnsTestServer, KEYS, PROGRAMS, startDnsServer } from './rfc2136-servers/dns-server.ts';
export { Route53Simulator } from './route53-simulator/route53-simulator.ts';
export { silentLogger } from './silent-logger.ts';
export { systemClock } from './system-clock.ts';
export { TokenBucket } from '../rate/token-bucket.ts';
