/**
 * The bounds of a template and of its work on one object. A template is written by whoever configures the program, but the objects it works on are not:
 * nothing in one of them may make it run long or write much.
 */
export const TEMPLATE_LIMITS = {
  /** Characters of a template. */
  textLength: 16_384,
  /** Blocks in blocks, parentheses in parentheses. */
  depth: 64,
  /** Blocks in blocks while a template works, those of templates that are called included. */
  renderDepth: 192,
  /** Steps for one object: nodes that are visited, and one more for every 64 characters or fields that a step looks at. */
  steps: 100_000,
  /** Characters of one value. */
  valueLength: 262_144,
  /** Characters that are written for one object. */
  outputLength: 262_144,
  /** Characters to which `printf` pads. */
  width: 1024,
} as const;
