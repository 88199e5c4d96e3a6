import { openRoute53 } from '../testing/route53-simulator/under-test.ts';
import { describeConformance } from '../testing/conformance.ts';

describeConformance(
  'route53',
  async () => {
    const { provider, simulator, zone } = await openRoute53();
    return {
      provider,
      zone,
      seed: (lines) => Promise.resolve(simulator.seed(zone.id, lines)),
      dump: () => Promise.resolve(simulator.dump(zone.id)),
      close: () => simulator.close(),
    };
  },
  {
    refuses: ['a DNAME', 'a type that nobody knows'],
    states: {
      'an alias of a load balancer': ['www.example.com. 300 ALIAS k8s-1234.eu-west-1.elb.amazonaws.com.'],
      'an alias at the apex': ['example.com. 300 ALIAS d111111abcdef8.cloudfront.net.'],
      'an alias of a wildcard': ['*.example.com. 300 ALIAS lb-1.elb.eu-west-1.amazonaws.com.'],
      'a name with characters that Route 53 escapes': ['a\\(b\\.c!.example.com. 300 A 192.0.2.1'],
      'a CNAME to such a name': ['www.example.com. 300 CNAME a\\(b\\.c!.\\228.example.net.'],
      'text with octets outside ASCII': ['www.example.com. 300 TXT "caf\\195\\169 \\000\\008\\127"'],
      'text that looks like an escape': ['www.example.com. 300 TXT "\\\\052 \\\\\\\\065"'],
    },
  },
);
