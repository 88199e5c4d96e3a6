import { nameOf } from '@kubezone/core';

import { CloudflareSimulator } from '../testing/cloudflare-simulator/cloudflare-simulator.ts';
import { describeConformance } from '../testing/conformance.ts';
import { TokenBucket } from '../rate/token-bucket.ts';
import { createCloudflareProvider } from './cloudflare-provider.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { StandingClock } from './testing/standing-clock.ts';

const TOKEN = 'conformance-token';

describeConformance(
  'cloudflare',
  async () => {
    const simulator = await CloudflareSimulator.start({ token: TOKEN, maxPerPage: 300 });
    const zone = simulator.addZone('example.com');
    const { logger } = recordingLogger();
    const clock = new StandingClock();
    const options = { apiToken: TOKEN, baseUrl: simulator.baseUrl };
    const bucket = new TokenBucket(clock, { capacity: 1_000_000, perSecond: 1 });
    const provider = createCloudflareProvider(options, { clock, logger, bucket });
    return {
      provider,
      zone: { apex: nameOf('example.com'), id: zone.id },
      seed(lines) {
        zone.clear();
        simulator.seed(zone, lines);
        return Promise.resolve();
      },
      dump: () => Promise.resolve(simulator.dump(zone)),
      close: () => simulator.close(),
    };
  },
  {
    refuses: ['a DNAME', 'a type that nobody knows', 'a name with characters that are escaped'],
    states: {
      'a delegation signer': ['sub.example.com. 300 DS 1 13 2 B5BB9D8014A0F9B1D61E21E796D78DCCDF1352F23CD32812F4850B878AE4944C'],
      'a location': ['www.example.com. 300 LOC 31 58 52.100 S 115 49 11.700 E 20.00m 10m 10m 2m'],
      'a naming authority pointer': [
        'example.com. 300 NAPTR 30 100 "S" "SIP+D2T" "!^(.*)$!sip:\\\\1@example.com!" _sip._tls.example.com.',
      ],
      'an association': [
        '_443._tcp.www.example.com. 300 TLSA 3 1 1 859BE6ED04643DB411F067B6C1DA1D75FE08B672859BE6ED04643DB411F067B6',
      ],
      'a certificate': ['www.example.com. 300 CERT PKIX 1 8 AAAA'],
      'a key': ['www.example.com. 300 DNSKEY 257 3 13 AAAA'],
      'a URI': ['_http._tcp.example.com. 300 URI 10 1 "https://www.example.com/?a=b"'],
      'octets outside ASCII': ['www.example.com. 300 TXT "\\200\\000\\255" "caf\\195\\169" ""'],
      'an automatic TTL': ['www.example.com. 1 CNAME lb.example.net.'],
      'the addresses of a host name at the apex': ['example.com. 300 ALIAS lb.example.net.'],
      'a CNAME beside text': ['www.example.com. 300 CNAME lb.example.net.', 'www.example.com. 300 TXT "beside"'],
    },
  },
);
