/** The program cannot run as it is told to. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** 2 where the configuration has to be changed, 1 where the machine does not allow what it asks for. */
  readonly exitCode: 1 | 2;
  /** One for each thing that is wrong, each with its code. */
  readonly lines: readonly string[];

  constructor(exitCode: 1 | 2, lines: readonly string[], options?: ErrorOptions) {
    super(lines.join('\n'), options);
    this.exitCode = exitCode;
    this.lines = lines;
  }
}
