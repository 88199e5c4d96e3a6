import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { keepFields } from './field-paths.ts';
import { hostsOfRule } from './rule-hosts.ts';
import { parseTemplate } from './template.ts';
import { TemplateFailure } from './template-failure.ts';
import { TEMPLATE_LIMITS } from './template-limits.ts';
import type { TemplateSubject } from './template-subject.ts';
import { generatedTemplate } from './testing/generated-template.ts';
import { SAMPLES, type SampleName, subjectOfSample } from './testing/sample-objects.ts';
import { TEMPLATE_CASES } from './testing/template-cases.ts';

const PIECES = [
  '{{', '}}', '{{-', '-}}', '{{/*', '*/}}', ' ', '\n', '.', '.Name', '.Spec', '.Labels', '$', '$x', ':=', '=', '|', '(', ')', ',', '"', '`', "'", '\\', '-', '+1', '1.5', '0x',
  'if', 'else', 'end', 'range', 'with', 'break', 'continue', 'define', 'template', 'block', 'nil', 'true', 'printf', 'index', 'eq', 'and', 'hosts', 'fromJson', 'replace', '"a"', '😀', '\u0000', '__proto__', 'constructor', 'toString',
]; // oxfmt-ignore
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join('')),
  fc
    .tuple(fc.constantFrom(...TEMPLATE_CASES), fc.nat(), fc.nat(10), fc.constantFrom('', ...PIECES))
    .map(([{ template }, at, cut, piece]) => {
      const place = at % (template.length + 1);
      return template.slice(0, place) + piece + template.slice(place + cut);
    }),
);
const anyObject = fc.oneof(
  fc.constantFrom(...(Object.keys(SAMPLES) as SampleName[])).map(subjectOfSample),
  fc.dictionary(fc.constantFrom('spec', 'status', 'metadata', 'data', '__proto__'), fc.jsonValue()).map((fields) => ({
    apiVersion: 'v1',
    kind: 'Any',
    namespace: 'a',
    name: 'b',
    fields: fields as Readonly<Record<string, unknown>>,
  })),
);

const PLACED = /^line \d+, column \d+: found /;

/** What is wrong with how a text fares as a template. */
function faultOf(text: string, subject: TemplateSubject): string | undefined {
  const template = parseTemplate(text);
  const written = template instanceof TemplateFailure ? template : template.render(subject, 'resource');
  if (written instanceof TemplateFailure) {
    return PLACED.test(written.message) && written.line <= text.split('\n').length ? undefined : written.message;
  }
  return written.length <= TEMPLATE_LIMITS.outputLength ? undefined : `${written.length} characters`;
}

describe('templates', () => {
  it('never throw and never write without bounds, whatever the text and the object are', () => {
    fc.assert(
      fc.property(anyText, anyObject, (text, subject) => {
        expect(faultOf(text, subject)).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });

  it('write the same for an object that is trimmed to what they say they read', () => {
    fc.assert(
      fc.property(generatedTemplate, anyObject, (text, subject) => {
        const template = parseTemplate(text);
        if (template instanceof TemplateFailure) throw new Error(`${template.message} in ${text}`);
        const trimmed = { ...subject, fields: keepFields(subject.fields, template.reads) };
        const whole = template.render(subject, 'service');
        const part = template.render(trimmed, 'service');
        // Of a value that is of no use the kind may be gone, and so the reason why it is of none.
        expect(part).toBe(whole instanceof TemplateFailure ? part : whole);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the hosts of a rule', () => {
  it('are found or not, and never at the cost of an exception', () => {
    const pieces = ['Host', 'HostSNI', '(', ')', '`a.test`', '"b.test"', ',', '!', '&&', '||', ' ', '`', '"', '\\', 'x', '*'];
    const rule = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(rule, (text) => {
        const hosts = hostsOfRule(text);
        expect(hosts === undefined || hosts.every((host) => text.includes(host.slice(0, 1)))).toBe(true);
      }),
    );
  });
});
