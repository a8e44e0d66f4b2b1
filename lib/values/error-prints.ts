/** What a terminal shows of our errors: their sentences, once. */

/** What the message says already, or what means nothing to a reader. `getStatus()`, `getResponse()` and `problems` are there as before. */
const UNPRINTED = ['name', 'response', 'status', 'options', 'errorCode', 'problems'];

/**
 * Leaves out of prints, of which `util.inspect` makes most, what would say the message a second time and a third. With `help`, a place in the
 * documents, the error is one of boot: about a definition, an option or a table. Where in this package and in Nest that was found does not help, so
 * the stack keeps the code that called.
 */
export function printAsSentences(error: Error, help: string | null): void {
  if (error.cause === undefined) delete error.cause;
  for (const name of help === null ? UNPRINTED : Object.keys(error)) hide(error, name);
  if (help !== null) Object.defineProperty(error, 'stack', { value: withCallersFrames(error, help), configurable: true, writable: true });
}

function hide(error: object, name: string): void {
  if (Object.hasOwn(error, name)) Object.defineProperty(error, name, { enumerable: false });
}

function withCallersFrames({ name, message, stack = '' }: Error, help: string): string {
  const frames = stack.split('\n').filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line) && !isInner(line));
  return [`${name}: ${message}`, `  What helps: node_modules/nestjs-argonaut/${help}`, ...frames].join('\n');
}

function isInner(frame: string): boolean {
  return /[\\/]node_modules[\\/]|\(node:|at node:/.test(frame);
}
