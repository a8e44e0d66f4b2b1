import type { Container, EventGate, StepNode, Timing } from './graph.js';

/** What a drawing says of a step, beside its name. */
export function* notesOf(node: StepNode): Iterable<string> {
  if (node.when) yield 'when its condition holds';
  if (node.gate.for === 'input') yield 'input';
  if (node.gate.for === 'response') yield `asks: ${node.gate.request}`;
  if (node.gate.for === 'event') yield* notesOfEvent(node.gate);
  if (node.gate.for === 'child') yield `${node.gate.detached ? 'starts' : 'child'} ${node.gate.workflow}`;
  if (node.after !== undefined) yield node.after === 'asked' ? 'at its time' : `after ${textLength(node.after)}`;
  yield* limitsOf(node);
  if (node.every !== undefined) yield node.every === 'asked' ? 'again and again' : `every ${textLength(node.every)}`;
  if (node.completeBy !== undefined) yield node.completeBy === 'asked' ? 'complete by its time' : `complete by ${textLength(node.completeBy)}`;
  if (node.queue !== undefined) yield `queue ${node.queue}`;
  if (node.stage !== undefined) yield `stage ${node.stage}`;
}

function* notesOfEvent({ event, keyName, skipAhead, reprocess }: EventGate): Iterable<string> {
  yield keyName === undefined ? `on ${event}` : `on ${event} by ${keyName}`;
  if (skipAhead) yield 'may come first';
  if (reprocess) yield 'and again';
}

/** What a drawing says of a container, beside its name. */
export function* notesOfContainer(node: Container): Iterable<string> {
  if (node.kind === 'each') yield node.concurrency === undefined ? 'for each item' : `for each item, ${node.concurrency} at once`;
  if (node.kind === 'stage') yield* limitsOf(node);
}

function* limitsOf({ within, overdue }: { readonly within?: Timing; readonly overdue?: Timing }): Iterable<string> {
  if (within !== undefined) yield within === 'asked' ? 'within its time' : `within ${textLength(within)}`;
  if (overdue !== undefined) yield overdue === 'asked' ? 'overdue at its time' : `overdue after ${textLength(overdue)}`;
}

function textLength(ms: number): string {
  const [size, unit] = ([[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1000, 's']] as const).find(([each]) => ms >= each && ms % each === 0) ?? [1, 'ms']; // prettier-ignore
  return `${ms / size} ${unit}`;
}
