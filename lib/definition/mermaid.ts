import { type ChoiceNode, type Container, END, isContainer, type Node, type StepNode, type WorkflowDefinition } from './graph.js';
import { homesOf } from './homes.js';
import { notesOf, notesOfContainer } from './node-notes.js';

/** The definition as a Mermaid flowchart. `marked`: the nodes where a process stands. */
export function drawMermaid(definition: WorkflowDefinition, marked: readonly string[] = []): string {
  return new Drawing(definition).lines(marked).join('\n');
}

/** The id of the end of the diagram. */
const DONE = 'done';

class Drawing {
  private readonly ids: ReadonlyMap<string, string>;
  /** The nodes inside each container, by its name. The empty name holds the nodes in no container. */
  private readonly inside = new Map<string, string[]>([['', []]]);
  private readonly edges: string[] = [];

  private readonly homes: ReadonlyMap<string, string>;

  constructor(private readonly definition: WorkflowDefinition) {
    const names = [...definition.nodes.keys()];
    this.ids = new Map(names.map((name, i) => [name, `n${i}`]));
    this.homes = homesOf(definition);
    for (const name of names) this.inside.set(this.homes.get(name) ?? '', [...(this.inside.get(this.homes.get(name) ?? '') ?? []), name]);
    for (const node of definition.nodes.values()) this.lead(node, this.endOf(this.homes.get(node.name)));
  }

  lines(marked: readonly string[]): string[] {
    const here = marked.filter((name) => this.ids.has(name));
    return [
      'flowchart TD',
      `  begin(( )) --> ${this.into(this.definition.start, DONE)}`,
      ...this.shapes('', '  '),
      ...this.edges.map((edge) => `  ${edge}`),
      `  ${DONE}((( )))`,
      ...here.map((name) => `  class ${this.id(name)} here`),
      ...(marked.length > 0 ? ['  classDef here stroke-width:4px'] : []),
    ];
  }

  private id(name: string): string {
    return this.ids.get(name) ?? DONE;
  }

  private node(name: string): Node {
    return this.definition.nodes.get(name)!;
  }

  /* ------------------------------------------------------------------ shapes ---- */

  private shapes(container: string, indent: string): string[] {
    return (this.inside.get(container) ?? []).flatMap((name) => {
      const node = this.node(name);
      if (!isContainer(node)) return [`${indent}${this.id(name)}${outlineOf(node)}`, ...this.undoing(node, indent)];
      return [`${indent}subgraph ${this.id(name)}["${labelled(node.name, notesOfContainer(node))}"]`, ...this.held(node, `${indent}  `), `${indent}end`];
    });
  }

  /** The shapes inside a container. All but a stage also get a fork before and a join after them. */
  private held(node: Container, indent: string): string[] {
    const shapes = this.shapes(node.name, indent);
    if (node.kind === 'stage') return shapes;
    const id = this.id(node.name);
    return [`${indent}${id}fork{{" "}}`, ...shapes, `${indent}${id}join((${node.kind === 'fork' ? node.join : 'all'}))`];
  }

  private undoing(node: StepNode | ChoiceNode, indent: string): string[] {
    if (node.kind !== 'step' || !node.compensates) return [];
    const undo = node.undo?.asks === undefined ? `${this.id(node.name)}undo>"undo"]` : this.id(node.undo.asks);
    return [`${indent}${this.id(node.name)} -.- ${undo}`];
  }

  /* ------------------------------------------------------------------- edges ---- */

  /** `ends`: the id at which the branch of this node ends. */
  private lead(node: Node, ends: string): void {
    if (node.kind === 'choice') this.edges.push(...this.choice(node, ends));
    else if (node.kind === 'step') this.edges.push(...this.onward(node, ends));
    else if (node.kind !== 'stage') this.edges.push(...this.branches(node), ...this.after(node, ends));
    if ('onError' in node && typeof node.onError === 'object') this.edges.push(`${this.id(node.name)} -.->|fails| ${this.into(node.onError.next, ends)}`);
  }

  private choice(node: ChoiceNode, ends: string): string[] {
    const id = this.id(node.name);
    return [`${id} -->|yes| ${this.into(node.then, ends)}`, `${id} -->|no| ${this.into(node.otherwise, ends)}`];
  }

  private onward(node: StepNode, ends: string): string[] {
    const { next, labels, unsolicited } = node;
    const arrow = unsolicited ? '-.->' : '-->';
    const ways = next.length > 0 || unsolicited ? next : [END];
    return ways.map((to, i) => `${this.id(node.name)} ${arrow}${ways.length > 1 ? `|${escape(labels?.[i] ?? to)}|` : ''} ${this.into(to, ends)}`);
  }

  private branches(node: Container): string[] {
    const firsts = node.kind === 'fork' ? node.branches : [node.body];
    return firsts.map((first) => `${this.id(node.name)}fork --> ${this.into(first, this.endOf(node.name))}`);
  }

  private after(node: Container, ends: string): string[] {
    return (node.next.length > 0 ? node.next : [END]).map((to) => `${this.id(node.name)}join --> ${this.into(to, ends)}`);
  }

  /** The id that an edge to this node leads to. */
  private into(name: string, ends: string): string {
    if (name === END || !this.ids.has(name)) return ends;
    const node = this.node(name);
    if (node.kind === 'stage') return this.into(node.body, this.endOf(name));
    return isContainer(node) ? `${this.id(name)}fork` : this.id(name);
  }

  /** The id at which branches in this container end: its join, or what follows a stage. */
  private endOf(container: string | undefined): string {
    if (container === undefined) return DONE;
    const node = this.node(container) as Container;
    if (node.kind !== 'stage') return `${this.id(container)}join`;
    return this.into(node.next[0] ?? END, this.endOf(this.homes.get(container)));
  }
}

/* -------------------------------------------------------------------- labels ---- */

function outlineOf(node: StepNode | ChoiceNode): string {
  if (node.kind === 'choice') return `{"${escape(node.name)}"}`;
  const label = labelled(node.name, notesOf(node));
  if (node.unsolicited) return `>"${label}"]`;
  return node.next.length > 1 ? `{"${label}"}` : `["${label}"]`;
}

function labelled(name: string, notes: Iterable<string>): string {
  return [name, ...notes].map(escape).join('<br>');
}

function escape(text: string): string {
  return text.replace(/["<>&]/g, (char) => `#${char.charCodeAt(0)};`);
}
