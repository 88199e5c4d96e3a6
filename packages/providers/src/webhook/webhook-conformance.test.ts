import { silentLogger } from '../testing/silent-logger.ts';
import { systemClock } from '../testing/system-clock.ts';
import { describeConformance } from '../testing/conformance.ts';
import { memoryZone } from './testing/memory-zone.ts';
import { createWebhookProvider } from './webhook-provider.ts';
import { WebhookServer } from './webhook-server.ts';

describeConformance(
  'webhook, by our client and our server',
  async () => {
    const { provider: memory, seed, dump, zone } = memoryZone();
    const context = { clock: systemClock(), logger: silentLogger };
    const server = new WebhookServer({ provider: memory, ...context });
    const port = await server.listen(0);
    const provider = createWebhookProvider({ url: `http://127.0.0.1:${port}` }, context);
    return { provider, zone, seed, dump, close: () => server.close() };
  },
  {
    states: {
      'a name with odd octets': ['a\\.b\\032c.example.com. 300 A 192.0.2.1'],
      'text of every kind of octet': ['www.example.com. 300 TXT "\\000\\031\\127\\255 caf\\195\\169 \\\\ \\" ;"'],
      'text of empty strings': ['www.example.com. 300 TXT "" "x" ""'],
      'text that looks quoted': ['www.example.com. 300 TXT "\\"quoted\\""'],
      'text of 30,000 octets': [
        `www.example.com. 300 TXT ${Array.from({ length: 118 }, () => `"${'t'.repeat(255)}"`).join(' ')}`,
      ],
      'no mail': ['www.example.com. 300 MX 0 .'],
      'a service binding': ['www.example.com. 300 HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.1'],
      'a NAPTR': ['www.example.com. 300 NAPTR 100 50 "s" "SIP+D2U" "" _sip._udp.example.com.'],
      'a PTR': ['www.example.com. 300 PTR host.example.net.'],
      'a DNAME': ['old.example.com. 300 DNAME new.example.net.'],
      'a type that nobody knows': ['www.example.com. 300 TYPE65300 \\# 4 01020304'],
    },
  },
);
