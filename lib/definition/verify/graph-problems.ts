import { atNode, atOption } from '../document-paths.js';
import { branchesOf, END, hasRule, isContainer, type Node, onwardOf, unsolicitedSteps, type WorkflowDefinition } from '../graph.js';
import type { WorkflowSource } from '../source.js';
import { wholeStage } from '../whole-stage.js';
import { MAX_NAME, type Problems } from './value-problems.js';

/** Checks a graph for what is wrong in any spelling. */
export function* graphProblems(source: WorkflowSource, definition: WorkflowDefinition): Problems {
  const at: At = (name) => atNode(source, definition, name);
  const walk = new Walk(definition);
  yield* longNames(definition, at);
  for (const { way, sentence } of walk.wrong) if (!saidBefore(source, definition, way)) yield `${atWay(source, way, at)}${sentence}`;
  yield* unreachable(definition, walk, at);
  yield* leadOut(source, definition, walk, at);
  yield* idleLoops(definition, at);
}

/** The place of a node in its document, or ''. */
type At = (name: string) => string;

/** The place in the document that makes this way. If no step makes it: the place of the step it leads to. */
function atWay(source: WorkflowSource, { from, name }: Way, at: At): string {
  return at(from) || (from === DEFAULT_RULE ? atOption(source, 'defaults.onError') : at(name));
}

/** Whether a document reports this already: at the path of the step whose `onError` is wrong. */
function saidBefore({ document }: WorkflowSource, { nodes }: WorkflowDefinition, { from, name }: Way): boolean {
  const node = nodes.get(from);
  if (!document || node?.kind !== 'step' || nodes.has(name) || node.next.includes(name)) return false;
  return typeof node.onError === 'object' && node.onError.next === name;
}

/** Counts also the suffix that the name of a step gets for what is wrapped around it. */
function* longNames({ nodes }: WorkflowDefinition, at: At): Problems {
  for (const name of nodes.keys())
    if (name.length > MAX_NAME)
      yield `${at(name)}the name "${name.slice(0, 40)}...${name.slice(-12)}" has ${name.length} characters; at most ${MAX_NAME} are kept.`;
}

interface Way {
  readonly name: string;
  readonly container: string | null;
  readonly from: string;
}

interface Wrong {
  readonly way: Way;
  readonly sentence: string;
}

/** The origin of the way that the default `onError` makes. */
const DEFAULT_RULE = 'onError';

/** Follows every way from the start, and finds for each node the container it stands in. */
class Walk {
  readonly wrong: Wrong[] = [];
  private readonly entered = new Map<string, Way>();
  private readonly open: Way[] = [];
  /** The ways into containers, followed last. */
  private readonly within: Way[] = [];

  constructor(private readonly definition: WorkflowDefinition) {
    const { start, onError } = definition;
    const root = this.root();
    if (root !== null) this.entered.set(root, { name: root, container: null, from: 'the start' });
    this.lead('the start', wholeStage(this.definition)?.body ?? start, root);
    this.drain();
    for (const { name } of unsolicitedSteps(definition)) this.lead('a message', name, root);
    if (typeof onError === 'object') this.lead(DEFAULT_RULE, onError.next, root);
    this.drain();
  }

  has(name: string): boolean {
    return this.entered.has(name);
  }

  /** The containers around a node, innermost first, without the stage around the whole flow. */
  around(name: string): string[] {
    const container = this.entered.get(name)?.container ?? this.root();
    return container === null || container === this.root() ? [] : [container, ...this.around(container)];
  }

  private root(): string | null {
    return wholeStage(this.definition)?.name ?? null;
  }

  private lead(from: string, name: string, container: string | null): void {
    if (name !== END) this.open.push({ name, container, from });
  }

  /** Works from the outside in, so that a way out is not taken for a way in. */
  private drain(): void {
    for (let way = this.next(); way !== undefined; way = this.next()) this.enter(way);
  }

  private next(): Way | undefined {
    return this.open.pop() ?? this.within.shift();
  }

  private enter(way: Way): void {
    const { name, container, from } = way;
    const node = this.definition.nodes.get(name);
    if (!node) return void this.wrong.push({ way, sentence: `"${from}" leads to "${name}", which is not there.` });
    const before = this.entered.get(name);
    if (before) return before.container === container ? undefined : void this.wrong.push(crossing(way, before));
    this.entered.set(name, way);
    for (const next of onwardOf(node)) this.lead(name, next, container);
    if (isContainer(node)) for (const first of branchesOf(node)) if (first !== END) this.within.push({ name: first, container: name, from: name });
  }
}

/** Picks the wrong one of two ways to one node, from inside and from outside of a container. */
function crossing(way: Way, before: Way): Wrong {
  if (way.from === way.container) return entering(before, way);
  if (before.container !== null && !before.container.endsWith(' (within)')) return entering(way, before);
  const sentence = `"${way.from}" stands inside "${way.container}" and leads out of it, to "${way.name}". A branch goes on where all of it ends: leave out that way.`;
  return { way, sentence };
}

function entering(way: Way, { container }: Way): Wrong {
  const sentence = `"${way.from}" leads to "${way.name}", which stands inside "${container}" and can only be entered with it. Lead to a step before it.`;
  return { way, sentence };
}

function* unreachable({ nodes }: WorkflowDefinition, walk: Walk, at: At): Problems {
  for (const node of nodes.values())
    if (!walk.has(node.name) && node.name !== END && !('of' in node)) yield `${at(node.name)}"${node.name}" can never be reached: no step leads to it.`;
}

/* ----------------------------------------------------------- the rule for all ---- */

/** Reports a default `onError` that leads out of a container. Its step would run inside the container, before what follows that. */
function* leadOut(source: WorkflowSource, { nodes, onError }: WorkflowDefinition, walk: Walk, at: At): Problems {
  if (typeof onError !== 'object' || !nodes.has(onError.next) || walk.around(onError.next).length > 0) return;
  const pauses = new Set(source.steps.flatMap(({ name, method, options }) => (method === '' && options.after !== undefined ? name : [])));
  for (const node of nodes.values()) {
    const around = walk.around(node.name);
    if (around.length === 0 || !saysNothing(node) || pauses.has(node.name) || around.some((name) => hasRule(nodes.get(name)!))) continue;
    yield `${at(node.name)}"${node.name}" stands inside "${around[0]}", and the onError of the defaults leads out of it, to "${onError.next}". Say onError on "${node.name}" or on a stage around it, or leave it out of the defaults and say it on the steps outside.`; // prettier-ignore
  }
}

/** Whether the node can fail and has no rule of its own. (A pause only waits: the caller leaves it out.) */
function saysNothing(node: Node): boolean {
  if (node.kind === 'stage') return node.within !== undefined && !hasRule(node);
  return node.kind === 'step' && node.required && node.onError === undefined;
}

/* ----------------------------------------------------------------- idle loops ---- */

/** Reports loops in which nothing runs or waits: a token would circle for ever. */
function* idleLoops({ nodes }: WorkflowDefinition, at: At): Problems {
  const done = new Set<string>();
  for (const name of nodes.keys()) {
    const loop = idleFrom(name, [], nodes, done);
    if (loop) yield `${at(loop[0]!)}the loop of ${loop.map((each) => `"${each}"`).join(', ')} passes no step, and so would never end. Put a step into it.`;
  }
}

function idleFrom(name: string, trail: readonly string[], nodes: ReadonlyMap<string, Node>, done: Set<string>): readonly string[] | undefined {
  if (trail.includes(name)) return trail.slice(trail.indexOf(name));
  const node = nodes.get(name);
  if (!node || done.has(name)) return undefined;
  for (const next of passedThrough(node)) {
    const loop = idleFrom(next, [...trail, name], nodes, done);
    if (loop) return done.add(name) && loop;
  }
  done.add(name);
  return undefined;
}

/** The nodes that a token reaches from here before anything has run. */
function passedThrough(node: Node): readonly string[] {
  if (node.kind === 'choice') return onwardOf(node);
  return isContainer(node) && branchesOf(node).every((branch) => branch === END) ? node.next : [];
}
