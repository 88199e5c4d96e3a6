import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { parseTemplate } from './template.ts';
import { TemplateFailure } from './template-failure.ts';
import { generatedTemplate } from './testing/generated-template.ts';
import { SAMPLES, type SampleName, subjectOfSample } from './testing/sample-objects.ts';
import { TEMPLATE_CASES } from './testing/template-cases.ts';

const PROGRAM = join(import.meta.dirname, 'testing', 'go-templates');
/** Time to build the program when nothing of Go's is cached. */
const BUILD_MS = 180_000;

interface Question {
  readonly template: string;
  readonly object: SampleName;
  readonly source: string;
}

type Answer = { readonly output: string } | { readonly error: string; readonly stage: 'parse' | 'execute' };

/** Asks Go's own text/template. */
function askGo(questions: readonly Question[]): Promise<readonly Answer[]> {
  const input = questions.map((one) => `${JSON.stringify({ ...one, object: SAMPLES[one.object] })}\n`).join('');
  return new Promise((resolve, reject) => {
    const child = execFile('go', ['run', '.'], { cwd: PROGRAM, maxBuffer: 1 << 28 }, (error, output) => {
      if (error === null)
        resolve(
          output
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as Answer),
        );
      else reject(new Error(`Go failed: ${error.message}`, { cause: error }));
    });
    child.stdin?.end(input);
  });
}

function findGo(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('go', ['version'], (error) => resolve(error === null));
  });
}

/** As `askGo`, of ours. */
function render({ template, object, source }: Question): Answer {
  const parsed = parseTemplate(template);
  if (parsed instanceof TemplateFailure) return { error: parsed.message, stage: 'parse' };
  const written = parsed.render(subjectOfSample(object), source);
  return written instanceof TemplateFailure ? { error: written.message, stage: 'execute' } : { output: written };
}

const found = await findGo();
if (!found) {
  if (process.env['CI'] === 'true')
    throw new Error('go is not installed: templates cannot be compared with those of Go; install Go 1.26');
  process.stderr.write('SKIPPED: templates are not compared with those of Go: go is not installed; install Go 1.26\n');
}

(found ? describe : describe.skip)('beside Go’s own text/template', () => {
  const comparable = TEMPLATE_CASES.filter(({ unlikeGo }) => unlikeGo === undefined);
  const questions = comparable.map(({ template, object, source = 'service' }): Question => ({ template, object, source }));
  // The same in every run: what differs once must be found again.
  const generated = fc
    .sample(generatedTemplate, { numRuns: 2500, seed: 20_261_122 })
    .map((template): Question => ({ template, object: 'service', source: 'service' }));
  const faulty = [
    '{{', '{{.Name', '{{if .Name}}', '{{end}}', '{{else}}', '{{.Name | .Namespace}}', '{{1 | print | 2}}', '{{$x}}', '{{$x = 1}}', '{{nope .Name}}', '{{template "none"}}{{if}}{{end}}', '{{range}}{{end}}', '{{"a}}', '{{`a}}', "{{'ab'}}", '{{12x}}', '{{.Name.}}',
    '{{(.Name}}', '{{.Name)}}', '{{/* a }}', '{{/* a */ .Name}}', '{{break}}', '{{continue}}', '{{if true}}{{else}}{{else}}{{end}}', '{{$a, $b := .Labels}}', '{{define "x"}}', '{{define x}}{{end}}', '{{.Name "x"}}', '{{trimPrefix .Name}}', '{{eq}}', '{{index .Spec.ClusterIPs 9}}',
    '{{eq .Name 1}}', '{{lt true false}}', '{{range .Name}}{{end}}', '{{.Name.Foo}}', '{{toLower 1}}', '{{len 3}}', '{{slice .Name 2 1}}', '{{slice .Name 9}}', '{{nil}}', '{{eq .Labels .Labels}}', '{{"\\z"}}', '{{#}}', '{{.Name .Namespace}}', '{{print 1(2)}}', '{{true | print | false}}', '{{with $x := 1}}{{end}}{{$x}}', '{{call .Name}}',
  ].map((template): Question => ({ template, object: 'service', source: 'service' })); // oxfmt-ignore
  let answers: readonly Answer[] = [];

  beforeAll(async () => {
    answers = await askGo([...questions, ...generated, ...faulty]);
  }, BUILD_MS);
  afterAll(() => {
    answers = [];
  });

  const side = (asked: readonly Question[], answered: readonly Answer[]): unknown[] =>
    asked.map((question, index) => {
      const answer = answered[index];
      return { ...question, written: answer !== undefined && 'output' in answer ? answer.output : 'an error' };
    });

  it('writes the same for the templates of external-dns’s and Mate’s documentation, and of Go’s', () => {
    expect(side(questions, questions.map(render))).toEqual(side(questions, answers));
  });

  it('writes the same for templates made by grammar, and fails where Go fails', () => {
    const theirs = answers.slice(questions.length, questions.length + generated.length);
    expect(side(generated, generated.map(render))).toEqual(side(generated, theirs));
    expect(theirs.filter((answer) => 'output' in answer).length).toBeGreaterThan(2000);
  });

  it('refuses what Go refuses', () => {
    for (const [index, question] of faulty.entries()) {
      const go = answers[questions.length + generated.length + index];
      expect({ template: question.template, ...go }).toHaveProperty('error');
      expect({ template: question.template, ...render(question) }).toHaveProperty('error');
    }
  });
});
