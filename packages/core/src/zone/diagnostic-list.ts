import { abridgeMessage } from '../failure.ts';
import type { Diagnostic } from './diagnostic.ts';

/** Collects diagnostics, their messages abridged where they quote much of a file. */
export interface DiagnosticList {
  add(diagnostic: Diagnostic): void;
  /** In the order in which they were added; where some are left out, the last ones say how many. */
  list(): Diagnostic[];
}

/** How many errors, and how many warnings, are listed: a file of another format must not become a million objects. */
const MAX_OF_SEVERITY = 500;

/** A list that keeps the first errors and the first warnings, and counts the others. */
export function diagnosticList(limit: number = MAX_OF_SEVERITY): DiagnosticList {
  const kept: Diagnostic[] = [];
  const counts = { error: 0, warning: 0 };
  return {
    add(diagnostic) {
      counts[diagnostic.severity]++;
      if (counts[diagnostic.severity] <= limit) kept.push({ ...diagnostic, message: abridgeMessage(diagnostic.message) });
    },
    list() {
      const omitted = (['error', 'warning'] as const).flatMap((severity): Diagnostic[] => {
        const more = counts[severity] - limit;
        if (more <= 0) return [];
        return [{ code: 'MORE_DIAGNOSTICS', severity, message: `${more} more ${severity}s are not listed` }];
      });
      return [...kept, ...omitted];
    },
  };
}
