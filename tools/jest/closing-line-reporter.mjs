// Ends every test run with one line that sums all suites, so that a person or a CI system reads the outcome in one place.
export default class ClosingLineReporter {
  /** @param {unknown} _contexts @param {import('@jest/reporters').AggregatedResult} results */
  onRunComplete(_contexts, results) {
    const broken = results.testResults.filter((suite) => suite.testExecError !== undefined && suite.numFailingTests === 0).length;
    const failed = results.numFailedTests + broken;
    const skipped = results.numPendingTests + results.numTodoTests;
    const lines = [...(skipped > 0 ? [`${skipped} skipped`] : []), `${results.numPassedTests} passed, ${failed} failed`];
    // After the default reporter's summary, which is written in the same turn.
    setImmediate(() => process.stdout.write(`\n${lines.join('\n')}\n`));
  }
}
