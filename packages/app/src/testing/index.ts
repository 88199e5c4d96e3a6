export { eventually } from './eventually.ts';
export { fakeClock, type FakeClock } from './fake-clock.ts';
export { readMarkdownTable } from './markdown-table.ts';
export { type LoggedLine, recordLog, type RecordingLogger } from './record-log.ts';
