import { expect, it } from '@jest/globals';

import type { Cluster } from '@kubezone/controller';
import { fakeClock, recordLog } from '@kubezone/app/testing';

import { ClusterIds } from './cluster-ids.ts';
import { FakeWriter, turns } from './testing/fake-writer.ts';

const PATH = '/api/v1/namespaces/kube-system';

it('a cluster with an API has the beginning of a UID for an id, asked for until it is known; a folder has its name', async () => {
  const [clock, logger, writer] = [fakeClock(), recordLog(), new FakeWriter()];
  writer.trouble = 403;
  const api = { name: 'prod', writer: writer as unknown as NonNullable<Cluster['writer']> };
  let found = 0;
  const ids = new ClusterIds({ clusters: [{ name: 'lab' }, api], clock, logger, onFound: () => void found++ });
  ids.start();
  await turns();
  clock.advance(5_000);
  await turns();
  expect([...ids.known]).toEqual([['lab', 'lab']]);
  expect(logger.take()).toEqual(['warn: the id of a cluster is not known, so nothing is written for it']);
  writer.trouble = undefined;
  writer.objects.set(PATH, { metadata: { uid: '0a1b2c3d-0000-4000-8000-000000000000' } });
  clock.advance(5_000);
  await turns();
  expect([...ids.known]).toEqual([
    ['lab', 'lab'],
    ['prod', '0a1b2c3d'],
  ]);
  expect(found).toBe(1);
  ids.stop();
});

it('one wait at a time is kept of a cluster that does not tell its id, however often it is asked', async () => {
  const [clock, logger, writer] = [fakeClock(), recordLog(), new FakeWriter()];
  writer.trouble = 403;
  let cancelled = 0;
  const counting: Pick<typeof clock, 'after'> = {
    after: (ms, callback) => {
      const cancel = clock.after(ms, callback);
      return () => {
        cancelled++;
        cancel();
      };
    },
  };
  const api = { name: 'prod', writer: writer as unknown as NonNullable<Cluster['writer']> };
  const ids = new ClusterIds({ clusters: [api], clock: counting, logger, onFound: () => undefined });
  ids.start();
  for (let question = 0; question < 20; question++) {
    await turns();
    clock.advance(5_000);
  }
  await turns();
  expect(writer.requests).toHaveLength(21);
  ids.stop();
  expect(cancelled).toBe(1);
});
