import { END, type Node, type StepNode, type WorkflowDefinition } from './graph.js';

/** The definition as a Mermaid flowchart. `marked`: the nodes where a process stands. */
export function drawMermaid(definition: WorkflowDefinition, marked: readonly string[] = []): string {
  const ids = new Map([...definition.nodes.keys()].map((name, i) => [name, `n${i}`]));
  const idOf = (name: string) => (name === END ? 'done' : (ids.get(name) ?? 'done'));
  const nodes = [...definition.nodes.values()];
  return [
    'flowchart TD',
    `  begin(( )) --> ${idOf(definition.start)}`,
    ...nodes.map((node) => `  ${idOf(node.name)}${shapeOf(node)}`),
    ...nodes.flatMap((node) => edgesOf(node, idOf)),
    ...joinsOf(nodes, idOf),
    '  done((( )))',
    ...marked.filter((name) => ids.has(name)).map((name) => `  class ${idOf(name)} here`),
    ...(marked.length > 0 ? ['  classDef here stroke-width:4px'] : []),
  ].join('\n');
}

function shapeOf(node: Node): string {
  if (node.kind === 'fork') return `{{"${escape(node.name)}"}}`;
  const label = [node.name, ...notesOf(node)].map(escape).join('<br>');
  if (node.unsolicited) return `>"${label}"]`;
  return node.next.length > 1 ? `{"${label}"}` : `["${label}"]`;
}

function* notesOf(node: StepNode): Iterable<string> {
  if (node.when) yield 'when its condition holds';
  if (node.gate.for === 'response') yield `asks: ${node.gate.request}`;
  if (node.gate.for === 'event') yield `on ${node.gate.event}`;
  if (node.after !== undefined) yield node.after === 'asked' ? 'at its time' : `after ${lengthOf(node.after)}`;
  if (node.queue !== undefined) yield `queue ${node.queue}`;
}

function lengthOf(ms: number): string {
  const [size, unit] = ([[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1000, 's']] as const).find(([each]) => ms >= each && ms % each === 0) ?? [1, 'ms']; // prettier-ignore
  return `${ms / size} ${unit}`;
}

function edgesOf(node: Node, idOf: (name: string) => string): string[] {
  const arrow = node.kind === 'step' && node.unsolicited ? '-.->' : '-->';
  if (node.kind === 'fork') return node.branches.map((branch) => `  ${idOf(node.name)} --> ${idOf(branch)}`);
  return node.next.map((to) => `  ${idOf(node.name)} ${arrow}${node.next.length > 1 ? `|${escape(to)}|` : ''} ${idOf(to)}`);
}

/** The branches of a fork meet before what follows it. */
function joinsOf(nodes: readonly Node[], idOf: (name: string) => string): string[] {
  return nodes.flatMap((node) => {
    if (node.kind !== 'fork') return [];
    const join = `${idOf(node.name)}join`;
    return [`  ${join}((all))`, ...node.branches.map((branch) => `  ${idOf(branch)} --> ${join}`), ...node.next.map((to) => `  ${join} --> ${idOf(to)}`)];
  });
}

function escape(text: string): string {
  return text.replace(/["<>&]/g, (char) => `#${char.charCodeAt(0)};`);
}
