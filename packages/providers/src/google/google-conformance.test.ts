import { nameOf } from '@kubezone/core';

import { RecordingLogger, TestClock } from './testing/surroundings.ts';
import { describeConformance } from '../testing/conformance.ts';
import { GoogleSimulator } from '../testing/google-simulator/google-simulator.ts';
import { createGoogleProvider } from './google-provider.ts';

describeConformance(
  'google',
  async () => {
    const simulator = await GoogleSimulator.start({ zones: [{ name: 'example', dnsName: 'example.com.' }] });
    const credentialsFile = await simulator.writeCredentials();
    const options = { project: 'test-project', credentialsFile, apiEndpoint: simulator.url, requestsPerSecond: 10_000 };
    return {
      provider: createGoogleProvider(options, { clock: new TestClock(), logger: new RecordingLogger() }),
      zone: { apex: nameOf('example.com'), id: 'example' },
      seed: (lines) => Promise.resolve(simulator.seed('example', lines)),
      dump: () => Promise.resolve(simulator.dump('example')),
      close: () => simulator.close(),
    };
  },
  {
    refuses: ['a DNAME', 'a type that nobody knows'],
    states: {
      'text with spaces at its ends and an octet outside ASCII': ['www.example.com. 300 TXT " a  b " "\\195\\169"'],
      'text like the placeholder of Google’s SDK': ['www.example.com. 300 TXT "{{projectId}}"'],
    },
  },
);
