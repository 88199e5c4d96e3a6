/** The definition of Records (charts/kubezone/crds), on a genuine API server and beside the source. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { type ControlPlane, findControlPlane, startControlPlane } from '../../../../tools/control-plane/control-plane.ts';
import { ALIAS, MAX_VALUE_LENGTH, MAX_VALUES, RECORD_ADDRESS_TYPES, RECORD_RULES, RECORD_TYPES } from './record-rules.ts';
import { RECORD_CASES, SELECTOR_CASES } from './testing/record-cases.ts';

const FILE = join(import.meta.dirname, '../../../../charts/kubezone/crds/records.syntixi.io.yaml');
const RECORDS_PATH = '/apis/syntixi.io/v1alpha1/namespaces/default/records';

const definition: unknown = parse(await readFile(FILE, 'utf8'));

const found = await findControlPlane();
if ('missing' in found) process.stderr.write(`\n*** SKIPPED: Records on a real API server: ${found.missing}\n\n`);
const describeIfThere = 'missing' in found ? describe.skip : describe;

describe('the definition of Records', () => {
  it('says what sources say, in the same words, and has the same limits', () => {
    const messages = new Set<string>();
    JSON.stringify(definition, (key, value: unknown) => {
      if (key === 'message' && typeof value === 'string') messages.add(value);
      return value;
    });
    expect(messages).toEqual(
      new Set([
        ...Object.values(RECORD_RULES).map((rule) => `expected ${rule}`),
        'expected values with In and NotIn, and none with Exists and DoesNotExist',
      ]),
    );
    const spec = (definition as { spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: Schema } } } }[] } }).spec
      .versions[0]?.schema.openAPIV3Schema.properties.spec.properties;
    expect(spec).toMatchObject({
      value: { maxItems: MAX_VALUES, items: { maxLength: MAX_VALUE_LENGTH } },
      valueFrom: { properties: { addressType: { enum: [...RECORD_ADDRESS_TYPES] } } },
    });
    expect(spec?.['type']?.enum.toSorted()).toEqual([...RECORD_TYPES.keys(), ALIAS, 'SOA'].toSorted());
  });
});

interface Schema {
  readonly enum: readonly string[];
  readonly properties: Readonly<Record<string, Schema>>;
}

describeIfThere('a Record on an API server', () => {
  let api: ControlPlane;

  beforeAll(async () => {
    api = await startControlPlane();
    const created = await api.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    if (created.status !== 201) throw new Error(JSON.stringify(created.body));
    while ((await api.request('GET', RECORDS_PATH)).status !== 200) await sleep(50);
  }, 120_000);
  afterAll(() => api?.stop());

  const post = async (name: string, spec: string): Promise<{ status: number; body: { message?: string } }> =>
    api.request('POST', `${RECORDS_PATH}?dryRun=All`, {
      apiVersion: 'syntixi.io/v1alpha1',
      kind: 'Record',
      metadata: { name },
      spec: parse(spec) as unknown,
    });

  it.each([...RECORD_CASES, ...SELECTOR_CASES].filter(({ refusal }) => refusal === undefined))(
    'is accepted: $rule',
    async ({ spec }) => {
      const { status, body } = await post('r', spec);
      expect(`${status} ${body.message ?? ''}`).toBe('201 ');
    },
  );

  it.each([...RECORD_CASES, ...SELECTOR_CASES].filter(({ refusal }) => refusal !== undefined))(
    'is refused: $rule',
    async ({ spec, refusal }) => {
      const { status, body } = await post('r', spec);
      expect(status).toBe(422);
      expect(body.message).toContain(refusal);
    },
  );
});
