import type { Clock, Logger } from '@kubezone/core';

import { type LocalProblem, nameSubject, type Problem, type Subject } from '../cluster/problem.ts';

/** Of how many objects and files the problems are described; of the others they are only counted. */
export const DESCRIBED_SUBJECTS = 1_000;

/** What is wrong with one object or file, by who found it. */
interface Entry {
  /** Whether the problems are kept, or only counted. */
  readonly described: boolean;
  readonly reports: Map<string, readonly Problem[] | number>;
}

/** What a problem register needs. */
export interface ProblemRegisterOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  /** Called when problems may have come, gone or changed. */
  readonly onChange?: () => void;
}

/** The problems in force: each until its object or file is mended or gone. Bounded, however many objects are broken. */
export class ProblemRegister {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #logger: Logger;
  readonly #onChange: () => void;
  readonly #entries = new Map<string, Entry>();
  /** By cluster and reporter. */
  readonly #counts = new Map<string, Map<string, number>>();
  #described = 0;

  constructor({ clock, logger, onChange = () => undefined }: ProblemRegisterOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#onChange = onChange;
  }

  /**
   * Replaces what a reporter says of a subject. New problems are logged, each once.
   *
   * @param reporter the cluster itself, or a source: they know nothing of each other's findings, which may be the same
   */
  replace(cluster: string, subject: Subject, reporter: string, found: readonly LocalProblem[]): void {
    const name = nameSubject(subject);
    const key = `${cluster}\n${name}`;
    const held = this.#entries.get(key);
    this.#note(cluster, reporter, found.length - sizeOf(held?.reports.get(reporter)));
    if (found.length === 0) {
      if (held?.reports.delete(reporter) !== true) return;
      this.#onChange();
      if (held.reports.size > 0) return;
      this.#entries.delete(key);
      if (held.described) this.#described--;
      this.#logger.info('all problems are mended', { cluster, subject: name });
      return;
    }
    const entry = held ?? this.#open(key);
    this.#onChange();
    if (!entry.described) {
      entry.reports.set(reporter, found.length);
      return;
    }
    const object = subject.kind === 'file' ? {} : { object: name };
    const known = distinct(entry);
    const now = this.#clock.now();
    const problems = found.map((local): Problem => {
      // A log has its own time.
      const logged = { ...local, cluster, ...object };
      const before = known.get(identify(logged));
      if (before === undefined) this.#logger.warn('something is not used', logged);
      return { ...logged, since: before?.since ?? now };
    });
    entry.reports.set(reporter, problems);
  }

  /** Some of the problems in force, each once although several sources may have found it. */
  list(limit: number = Infinity): Problem[] {
    const listed: Problem[] = [];
    for (const entry of this.#entries.values()) {
      for (const problem of distinct(entry).values()) {
        if (listed.length >= limit) return listed;
        listed.push(problem);
      }
    }
    return listed;
  }

  /** Whether an object has problems that are only counted. @param object as `Problem.object` */
  isOnlyCounted(cluster: string, object: string): boolean {
    return this.#entries.get(`${cluster}\n${object}`)?.described === false;
  }

  /** How many problems are in force. */
  count(): number {
    let count = 0;
    for (const entry of this.#entries.values()) {
      const counted = [...entry.reports.values()].filter((report) => typeof report === 'number');
      count += entry.described ? distinct(entry).size : Math.max(...counted);
    }
    return count;
  }

  /** How many of them one reporter has found in one cluster. */
  countOf(cluster: string, reporter: string): number {
    return this.#counts.get(cluster)?.get(reporter) ?? 0;
  }

  #note(cluster: string, reporter: string, more: number): void {
    if (more === 0) return;
    let counts = this.#counts.get(cluster);
    if (counts === undefined) this.#counts.set(cluster, (counts = new Map()));
    counts.set(reporter, (counts.get(reporter) ?? 0) + more);
  }

  #open(key: string): Entry {
    const entry: Entry = { described: this.#described < DESCRIBED_SUBJECTS, reports: new Map() };
    this.#entries.set(key, entry);
    if (entry.described && ++this.#described === DESCRIBED_SUBJECTS) {
      this.#logger.warn('problems of further objects are only counted', { described: DESCRIBED_SUBJECTS });
    }
    return entry;
  }
}

function sizeOf(report: readonly Problem[] | number | undefined): number {
  return typeof report === 'object' ? report.length : (report ?? 0);
}

function distinct({ reports }: Entry): Map<string, Problem> {
  const problems = new Map<string, Problem>();
  for (const report of reports.values()) {
    if (typeof report === 'number') continue;
    for (const problem of report) {
      const key = identify(problem);
      // Found by two, it is as old as the first finding.
      if ((problems.get(key)?.since ?? Infinity) > problem.since) problems.set(key, problem);
    }
  }
  return problems;
}

/** Two findings with the same identity are one problem. */
function identify({ code, object, file, line, column, message }: LocalProblem): string {
  return [code, object, file, line, column, message].join('\n');
}
