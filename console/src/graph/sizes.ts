import type { GraphNode } from '../api/types.js';

export interface Box {
  /** Of its middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const MOST_LETTERS = 26;
const LETTER = 7.3;

/** A text as long as a node may be; the whole is in its title. */
export function shortened(text: string, most = MOST_LETTERS): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** How many letters of a title are as wide as this. */
export function lettersIn(width: number): number {
  return Math.max(Math.floor(width / LETTER), 4);
}

/** A container is a box around its branches; its node is where they begin. */
export function isContainer({ kind }: Pick<GraphNode, 'kind'>): boolean {
  return kind === 'fork' || kind === 'each' || kind === 'stage';
}

/** How large a node is drawn. Letters are not measured: a little room is left instead. */
export function sizeOf(node: GraphNode): Pick<Box, 'width' | 'height'> {
  const { kind, label, detail } = node;
  if (kind === 'start' || kind === 'end') return { width: 18, height: 18 };
  if (isContainer(node)) return { width: 12, height: 12 };
  if (kind === 'join') return { width: Math.max(label.length * LETTER + 16, 36), height: 22 };
  const letters = Math.max(shortened(label).length * LETTER, shortened(detail ?? '').length * 6.2);
  return { width: Math.max(letters + 44, 84), height: detail ? 46 : 34 };
}

/** A smooth line through the points that the layout has found. */
export function pathThrough(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...others] = points.map(({ x, y }) => [round(x), round(y)] as const);
  if (!first) return '';
  const bends = others.slice(0, -1).map(([x, y], index) => {
    const [nextX, nextY] = others[index + 1]!;
    return index === others.length - 2 ? `Q${x} ${y} ${nextX} ${nextY}` : `Q${x} ${y} ${round((x + nextX) / 2)} ${round((y + nextY) / 2)}`;
  });
  const straight = others.length === 1 ? [`L${others[0]!.join(' ')}`] : [];
  return [`M${first.join(' ')}`, ...straight, ...bends].join('');
}

const round = (value: number) => Math.round(value * 10) / 10;

/** More than this is laid out only on demand. */
export const DRAWN_AT_ONCE = 200;

/** The steps of a graph in the order of its nodes: the list beside the drawing. */
export function stepNodes(nodes: readonly GraphNode[]): readonly (GraphNode & { readonly step: string })[] {
  return nodes.filter((node): node is GraphNode & { step: string } => node.step !== null && node.kind !== 'start' && node.kind !== 'end');
}
