import { eventIn } from '../core/addresses.js';
import { isWatchKey, parentKey, watchedKey } from '../core/token-key.js';
import { isActive, type Token } from '../core/token.js';
import { isTaskWait, addressOf, type WaitState } from '../core/wait.js';
import type { WaitKind } from '../core/waits-for.js';
import { type ProcessState } from '../core/process.js';
import { howMany } from '../values/how-many.js';
import { didYouMean } from '../values/suggest.js';
import { branchesOf, END, isContainer, type Node, onwardOf, type StepNode, unsolicitedSteps, type WorkflowDefinition } from '../definition/graph.js';

/** The names of steps in another version, by their old names. A step not named here keeps its name. */
export type Renaming = Readonly<Record<string, string>>;

/** The version of a workflow to which processes are migrated. */
export interface Target {
  readonly definition: WorkflowDefinition;
  /** The container that each node is in. Null: none. */
  readonly containers: ReadonlyMap<string, string | null>;
}

export function targetOf(definition: WorkflowDefinition): Target {
  const containers = new Map<string, string | null>(unsolicitedSteps(definition).map(({ name }) => [name, null]));
  const ahead: [name: string, within: string | null][] = [[definition.start, null]];
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    const [name, within] = next;
    const node = definition.nodes.get(name);
    if (!node || containers.has(name)) continue;
    containers.set(name, within);
    ahead.push(...onwardOf(node).map((to) => [to, within] as [string, null]));
    if (isContainer(node)) ahead.push(...branchesOf(node).map((to) => [to, name] as [string, string]));
  }
  return { definition, containers };
}

/** A step with `forEach`, `if` or `while` has nodes around it, which are called after it. They go with it. */
export function withNodesAround(steps: Renaming, { nodes }: WorkflowDefinition, next: WorkflowDefinition): Renaming {
  const around: [old: string, next: string][] = [];
  for (const node of nodes.values()) {
    const of = 'of' in node ? node.of : undefined;
    if (of !== undefined && steps[of] !== undefined) around.push([node.name, steps[of] + node.name.slice(of.length)]);
  }
  return { ...Object.fromEntries(around.filter(([, name]) => next.nodes.has(name))), ...steps };
}

export function namesNotIn({ version, nodes }: WorkflowDefinition, names: readonly string[]): string[] {
  const unknown = names.filter((name) => !nodes.has(name));
  return unknown.map((name) => `steps: "${name}" is no step of version ${version}.${didYouMean(name, nodes.keys())}`);
}

/** True if a body may be under way. Such a process is left alone. */
export function isBusy({ tokens, status }: ProcessState): boolean {
  return status === 'running' || tokens.some(isActive);
}

/** Reasons why a process cannot go on in the other version, one sentence each. */
export function misfits(process: ProcessState, waits: readonly WaitState[], from: WorkflowDefinition, to: Target, steps: Renaming): string[] {
  const tokens = new Map([...process.tokens, ...waits.map(({ token }) => token)].map((token) => [token.key, token]));
  const waitAt = new Map(waits.map((wait) => [wait.token.key, wait]));
  const found = [...tokens.values()].flatMap((token) => [...misfit(token, waitAt.get(token.key), tokens, from, to, steps)]);
  return [...new Set(found)];
}

function* misfit(
  token: Token,
  wait: WaitState | undefined,
  all: ReadonlyMap<string, Token>,
  from: WorkflowDefinition,
  to: Target,
  steps: Renaming,
): Iterable<string> {
  if (token.node === END) return;
  if (token.does === 'undo') return yield 'what was done is being undone; wait for the end of that';
  const name = steps[token.node] ?? token.node;
  const node = to.definition.nodes.get(name);
  if (!node)
    return yield `"${token.node}" is not in version ${to.definition.version}. Say what it is called there: steps: { ${JSON.stringify(token.node)}: '…' }`;
  const was = from.nodes.get(token.node);
  if (was && was.kind !== node.kind) return yield `"${token.node}" is a ${was.kind}, and "${name}" in version ${to.definition.version} a ${node.kind}`;
  yield* misplaced(token, name, all, to, steps);
  if (was) yield* shape(was, node);
  if (wait && node.kind === 'step' && !isWatchKey(token.key)) yield* gate(wait, node);
}

/** Reasons for completed steps, which the other version must be able to undo. */
export function notUndoable(done: readonly string[], { definition: { nodes, version } }: Target, steps: Renaming): string[] {
  const found = [...new Set(done)].filter((name) => {
    const node = nodes.get(steps[name] ?? name);
    return node?.kind !== 'step' || !node.compensates;
  });
  return found.map(
    (name) => `"${name}" has been done, and version ${version} cannot undo it. Say what undoes it there: steps: { ${JSON.stringify(name)}: '…' }`,
  );
}

/** A step must be in the same container there, because the container holds its branches together. */
function* misplaced(token: Token, name: string, all: ReadonlyMap<string, Token>, { containers }: Target, steps: Renaming): Iterable<string> {
  const above = parentKey(isWatchKey(token.key) ? watchedKey(token.key) : token.key);
  const holder = above === null ? undefined : all.get(above)?.node;
  const now = holder === undefined ? null : (steps[holder] ?? holder);
  const then = containers.get(name) ?? null;
  if (now !== then) yield `"${token.node}" stands ${inside(now)}, and "${name}" there ${inside(then)}`;
}

function inside(container: string | null): string {
  return container === null ? 'in no group' : `inside "${container}"`;
}

function* shape(was: Node, node: Node): Iterable<string> {
  if (was.kind === 'fork' && node.kind === 'fork' && was.branches.length !== node.branches.length)
    yield `"${was.name}" has ${howMany(was.branches.length, 'branch', 'branches')}, and "${node.name}" there ${node.branches.length}`;
}

/** A wait must be for what the step waits for in the other version. */
function* gate(wait: WaitState, node: StepNode): Iterable<string> {
  const now = waitedFor(wait);
  const then = wait.waitsFor.kind === 'task' ? `the queue "${node.queue}"` : gateOfNode(node);
  if (now !== null && now !== then) yield `"${wait.token.node}" waits for ${now}, and "${node.name}" there for ${then}`;
}

function waitedFor(wait: WaitState): string | null {
  const { kind } = wait.waitsFor;
  if (isTaskWait(wait)) return `the queue "${wait.waitsFor.queue}"`;
  if (kind === 'event') return `the event "${eventIn(addressOf(wait) ?? '')}"`;
  return GATES[kind] ?? null;
}

function gateOfNode({ gate }: StepNode): string {
  if (gate.for === 'event') return `the event "${gate.event}"`;
  return gate.for === 'nothing' ? 'nothing' : GATES[gate.for]!;
}

const GATES: Readonly<Partial<Record<WaitKind, string>>> = { response: 'a response', input: 'an input', child: 'a child process' };
