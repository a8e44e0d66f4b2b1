import * as dagre from '@dagrejs/dagre';
import type { Box, Diagram, Line, Shape } from './diagram.js';

/** `x` and `y` are of its middle. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Places {
  readonly width: number;
  readonly height: number;
  of(id: string): Place;
  wayOf(line: number): Way;
}

/** `x` and `y` are of the middle of its label. */
export interface Way {
  readonly points: readonly Pick<Place, 'x' | 'y'>[];
  readonly x?: number | undefined;
  readonly y?: number | undefined;
}

const LETTER = 7;
const LABEL_LETTER = 6;
export const LINE_HEIGHT = 16;
const MARGIN = 12;

export function placesIn({ shapes, lines, boxes }: Diagram): Places {
  const graph = new dagre.graphlib.Graph({ multigraph: true, compound: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 22, edgesep: 10, ranksep: boxes.length === 0 ? 32 : 24, marginx: MARGIN, marginy: MARGIN });
  for (const shape of shapes.values()) graph.setNode(shape.id, sizeOf(shape));
  for (const { id } of boxes) graph.setNode(id, {});
  for (const { id, inside } of [...shapes.values(), ...boxes]) if (inside !== null) graph.setParent(id, inside);
  lines.forEach(({ from, to, label }, at) =>
    graph.setEdge(from, to, label === null ? {} : { width: label.length * LABEL_LETTER + 8, height: LINE_HEIGHT + 4, labelpos: 'c' }, String(at)),
  );
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const placeOf = (id: string) => graph.node(id) as unknown as Place;
  const lower = belowTitles(boxes.map((box) => ({ top: placeOf(box.id).y - placeOf(box.id).height / 2, room: titleHeight(box) })));
  const wayOf = ({ from, to }: Line, at: number) => graph.edge(from, to, String(at)) as unknown as Way;
  return {
    width,
    height: lower(height),
    of: (id) => stretched(placeOf(id), lower),
    wayOf: (line) => lowered(wayOf(lines[line]!, line), lower),
  };
}

export function titleHeight({ words }: Box): number {
  return words.length * LINE_HEIGHT;
}

/** dagre knows no titles: below the top of each box, all moves down by the height of its title. Boxes side by side share that room. */
function belowTitles(titles: readonly { readonly top: number; readonly room: number }[]): (y: number) => number {
  const rooms = new Map<number, number>();
  for (const { top, room } of titles) rooms.set(Math.round(top), Math.max(room, rooms.get(Math.round(top)) ?? 0));
  return (y) => [...rooms].reduce((lower, [top, room]) => lower + (y > top + 1 ? room : 0), y);
}

/** A box has its top and its end in different rooms, so it becomes higher. */
function stretched({ x, y, width, height }: Place, lower: (y: number) => number): Place {
  const [top, end] = [lower(y - height / 2), lower(y + height / 2)];
  return { x, y: (top + end) / 2, width, height: end - top };
}

function lowered({ points, x, y }: Way, lower: (y: number) => number): Way {
  return { points: points.map((point) => ({ x: point.x, y: lower(point.y) })), x, y: y === undefined ? y : lower(y) };
}

function sizeOf({ kind, words }: Shape): Pick<Place, 'width' | 'height'> {
  if (kind === 'begin' || kind === 'end' || kind === 'fork') return { width: 18, height: 18 };
  const slanted = kind === 'choice' || kind === 'told' ? 20 : 0;
  return { width: Math.max(widthOf(words) + slanted, kind === 'join' ? 40 : 70), height: words.length * LINE_HEIGHT + (kind === 'join' ? 8 : 18) };
}

/** Letters are not measured, as there is no browser: a little room is left instead. */
function widthOf(words: readonly string[]): number {
  return Math.max(...words.map(({ length }) => length)) * LETTER + 20;
}
