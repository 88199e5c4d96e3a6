import { describe, expect, it } from '@jest/globals';

import { checkBackEnd, composeKubezone } from './kubezone.ts';

describe('Kubezone as it is measured', () => {
  const setup = { zoneFile: '/run/bench.zone', port: 5300 };

  it('has one worker where it has workers, and its addon unless it is measured without', () => {
    const built = { main: '/dist/main.js', workerFlags: ['--udp-workers', '1'] };
    expect(composeKubezone(built, setup, true)).toMatchObject({
      args: ['/dist/main.js', '--zone-file', 'bench.test=/run/bench.zone', '--listen', '127.0.0.1:5300', '--udp-workers', '1'],
      env: { KUBEZONE_UDP_ADDON: '' },
    });
    expect(composeKubezone(built, setup, false).env).toMatchObject({ KUBEZONE_UDP_ADDON: 'off' });
  });

  it('is not measured where it has fallen back to what it should not be', () => {
    const log = '{"level":"info","message":"listening","backEnd":"dgram"}';
    expect(() => checkBackEnd(log, true)).toThrow('should answer UDP by native, and does by dgram');
    expect(() => checkBackEnd(log, false)).not.toThrow();
    expect(() => checkBackEnd('', true)).not.toThrow();
  });
});
