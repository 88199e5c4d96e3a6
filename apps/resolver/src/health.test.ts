import { describe, expect, it } from '@jest/globals';

import { checkLiveness, checkReadiness, type HealthInputs } from './health.ts';

const UP: HealthInputs = { listening: true, draining: false, ready: true, sources: [] };

describe('readiness', () => {
  it('comes when listeners are up and sources are ready', () => {
    expect(checkReadiness(UP)).toEqual({ ok: true, reasons: [] });
    expect(checkReadiness({ ...UP, listening: false })).toEqual({ ok: false, reasons: ['not listening'] });
  });

  it('says which sources it waits for, and why', () => {
    const common = { cluster: 'prod', listed: false, failure: undefined };
    const sources: HealthInputs['sources'] = [
      { ...common, source: 'node-area', state: 'synced', listed: true },
      {
        ...common,
        source: 'node-service',
        state: 'failing',
        failure: { code: 'API_UNREACHABLE', message: 'connection refused' },
      },
      { ...common, cluster: 'lab', source: 'node-area', state: 'syncing' },
    ];
    expect(checkReadiness({ ...UP, ready: false, sources })).toEqual({
      ok: false,
      reasons: [
        'source node-service of cluster prod is failing: connection refused [API_UNREACHABLE]',
        'source node-area of cluster lab is syncing',
      ],
    });
  });

  it('needs no source once they are ready, whatever becomes of them', () => {
    const sources: HealthInputs['sources'] = [
      { cluster: 'prod', source: 'node-area', state: 'failing', listed: true, failure: undefined },
    ];
    expect(checkReadiness({ ...UP, sources })).toEqual({
      ok: true,
      reasons: [],
      notes: ['source node-area of cluster prod is failing; what was last known is served'],
    });
  });

  it('is never there without a reason to give', () => {
    expect(checkReadiness({ ...UP, ready: false })).toEqual({ ok: false, reasons: ['starting'] });
  });

  it('goes at once when the process is told to end', () => {
    expect(checkReadiness({ ...UP, draining: true })).toEqual({ ok: false, reasons: ['shutting down'] });
  });
});

describe('liveness', () => {
  it('does not depend on clusters', () => {
    expect(checkLiveness({ ...UP, ready: false }).ok).toBe(true);
  });

  it('begins when the listeners are up, and stays while the process drains', () => {
    expect(checkLiveness({ ...UP, listening: false }).ok).toBe(false);
    expect(checkLiveness({ ...UP, listening: false, draining: true }).ok).toBe(true);
  });
});
