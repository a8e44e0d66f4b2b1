/** What a Mermaid block says, of the part of Mermaid that our documents use: flowcharts as `draw()` writes them, and state diagrams. */
export interface Diagram {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly lines: readonly Line[];
  readonly boxes: readonly Box[];
}

export interface Shape {
  readonly id: string;
  readonly kind: 'step' | 'choice' | 'told' | 'fork' | 'join' | 'begin' | 'end';
  readonly words: readonly string[];
  /** The id of the box around it. */
  readonly inside: string | null;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly label: string | null;
  readonly isDotted: boolean;
  readonly hasArrow: boolean;
}

export interface Box {
  readonly id: string;
  readonly words: readonly string[];
  readonly inside: string | null;
}

/** Throws at a line that it does not know: a drawing that leaves something out is worse than the text. */
export function readDiagram(text: string): Diagram {
  const [first = '', ...lines] = text.trim().split('\n').map((line) => line.trim()); // prettier-ignore
  const read = { 'flowchart TD': readFlowLine, 'stateDiagram-v2': readStateLine }[first];
  if (!read) throw new Error(`A Mermaid block begins with "${first}". The site draws "flowchart TD" and "stateDiagram-v2": site/diagrams/diagram.ts`);
  const draft = new Draft();
  for (const line of lines) if (!read(line, draft)) throw new Error(`The site cannot draw the Mermaid line "${line}": site/diagrams/diagram.ts`);
  for (const place of draft.lines.flatMap(({ from, to }) => [from, to]))
    if (!draft.shapes.has(place)) throw new Error(`A line leads to "${place}", which is no shape`);
  return draft;
}

class Draft implements Diagram {
  readonly shapes = new Map<string, Shape>();
  readonly lines: Line[] = [];
  readonly boxes: Box[] = [];
  readonly around: string[] = [];

  shape(id: string, kind: Shape['kind'], words: readonly string[]): void {
    this.shapes.set(id, { id, kind, words, inside: this.around.at(-1) ?? null });
  }
}

/* ---------------------------------------------------------------- flowchart ---- */

const MARKS: readonly [RegExp, Shape['kind']][] = [
  [/^\(\(\( \)\)\)$/, 'end'],
  [/^\(\( \)\)$/, 'begin'],
  [/^\(\((.+)\)\)$/, 'join'],
  [/^\{\{" "\}\}$/, 'fork'],
  [/^\{"(.*)"\}$/, 'choice'],
  [/^\["(.*)"\]$/, 'step'],
  [/^>"(.*)"\]$/, 'told'],
];

function readFlowLine(line: string, draft: Draft): boolean {
  return line === 'end' ? draft.around.pop() !== undefined : readBox(line, draft) || readArrow(line, draft) || readShape(line, draft);
}

function readBox(line: string, { boxes, around }: Draft): boolean {
  const [, id, label] = /^subgraph (\w+)\["(.*)"\]$/.exec(line) ?? [];
  if (id === undefined) return false;
  boxes.push({ id, words: wordsOf(label!), inside: around.at(-1) ?? null });
  around.push(id);
  return true;
}

function readArrow(line: string, draft: Draft): boolean {
  const [, from, arrow, label, to] = /^(\S+(?: \)\))?) (-->|-\.->|-\.-)(?:\|(.*)\|)? (\S.*)$/.exec(line) ?? [];
  if (from === undefined) return false;
  const [begin, end] = [from, to!].map((place) => idOf(place, draft));
  draft.lines.push({ from: begin!, to: end!, label: label === undefined ? null : plain(label), isDotted: arrow !== '-->', hasArrow: arrow !== '-.-' });
  return true;
}

/** A shape may be told where a line leads to it for the first time. */
function idOf(place: string, draft: Draft): string {
  readShape(place, draft);
  return /^\w+/.exec(place)![0];
}

function readShape(line: string, draft: Draft): boolean {
  const [, id, mark] = /^(\w+)(\W.*)$/.exec(line) ?? [];
  for (const [pattern, kind] of MARKS) {
    const found = pattern.exec(mark ?? '');
    if (found) return (draft.shape(id!, kind, found[1] === undefined ? [] : wordsOf(found[1])), true);
  }
  return false;
}

function wordsOf(label: string): string[] {
  return label.split('<br>').map(plain);
}

/** `#34;` is how Mermaid writes a quotation mark. */
function plain(text: string): string {
  return text.replaceAll(/#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
}

/* ------------------------------------------------------------ state diagram ---- */

const NOWHERE = '[*]';

function readStateLine(line: string, draft: Draft): boolean {
  const [, from, to, label] = /^(\S+) --> (\S+?)(?:: (.*))?$/.exec(line) ?? [];
  if (from === undefined) return false;
  draft.lines.push({ from: stateOf(from, 'begin', draft), to: stateOf(to!, 'end', draft), label: label ?? null, isDotted: false, hasArrow: true });
  return true;
}

function stateOf(name: string, kind: 'begin' | 'end', draft: Draft): string {
  const id = name === NOWHERE ? kind : name;
  if (!draft.shapes.has(id)) draft.shape(id, name === NOWHERE ? kind : 'step', name === NOWHERE ? [] : [name]);
  return id;
}
