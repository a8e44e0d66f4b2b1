import { pathThrough } from '../../console/src/graph/sizes.js';
import { type Box, type Diagram, type Line, readDiagram, type Shape } from './diagram.js';
import { LINE_HEIGHT, type Place, placesIn, type Way } from './places.js';

/** A drawing that is wider than its page becomes smaller, down to this; what is wider still is scrolled, as small letters help no reader. */
const SMALLEST = 0.75;

/** A Mermaid block as SVG for the page of a site. Its colours are classes: site/.vitepress/theme/diagrams.css. */
export function pictureOf(text: string): string {
  const diagram = readDiagram(text);
  const places = placesIn(diagram);
  const [width, height] = [Math.ceil(places.width), Math.ceil(places.height)];
  return [
    `<svg class="diagram" role="img" aria-label="${escape(summaryOf(diagram))}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="min-width:${Math.round(width * SMALLEST)}px">`,
    ...diagram.boxes.map(({ id }) => `<rect class="box" ${rectangle(places.of(id))} rx="8"/>`),
    ...diagram.lines.map((line, at) => drawnLine(line, places.wayOf(at))),
    ...diagram.lines.map((line, at) => drawnLabel(line, places.wayOf(at))),
    ...diagram.boxes.map((box) => drawnTitle(box, places.of(box.id))),
    ...[...diagram.shapes.values()].map((shape) => drawnShape(shape, places.of(shape.id))),
    '</svg>',
  ].join('');
}

function summaryOf({ shapes }: Diagram): string {
  const names = [...shapes.values()].flatMap(({ kind, words }) => (kind === 'join' ? [] : words.slice(0, 1)));
  return `A diagram of ${names.join(', ')}. Its text is below.`;
}

function drawnLine({ isDotted, hasArrow }: Line, { points }: Way): string {
  return `<path class="line${isDotted ? ' dotted' : ''}" d="${pathThrough(points)}"/>${hasArrow ? arrowAt(points) : ''}`;
}

/** No marker: its id would have to be another in each drawing of a page. */
function arrowAt(points: Way['points']): string {
  const [before, tip] = points.slice(-2) as [Place, Place];
  const degrees = (Math.atan2(tip.y - before.y, tip.x - before.x) * 180) / Math.PI;
  return `<path class="arrow" d="M-8 -4L0 0L-8 4z" transform="translate(${round(tip.x)} ${round(tip.y)}) rotate(${round(degrees)})"/>`;
}

function drawnLabel({ label }: Line, { x, y }: Way): string {
  if (label === null || x === undefined || y === undefined) return '';
  return `<text class="label" x="${round(x)}" y="${round(y + 4)}">${escape(label)}</text>`;
}

/** At the left, as a line comes in at the middle. */
function drawnTitle({ words }: Box, { x, y, width, height }: Place): string {
  const [left, top] = [x - width / 2 + 10, y - height / 2 + LINE_HEIGHT];
  return words.map((word, at) => `<text class="title" x="${round(left)}" y="${round(top + at * LINE_HEIGHT)}">${escape(word)}</text>`).join('');
}

function drawnShape({ kind, words }: Shape, place: Place): string {
  const { x, y, width, height } = place;
  if (kind === 'begin') return `<circle class="dot" cx="${round(x)}" cy="${round(y)}" r="7"/>`;
  if (kind === 'end') return `<circle class="shape" cx="${round(x)}" cy="${round(y)}" r="9"/><circle class="dot" cx="${round(x)}" cy="${round(y)}" r="5"/>`;
  if (kind === 'fork') return `<circle class="shape" cx="${round(x)}" cy="${round(y)}" r="9"/>`;
  const corners = { choice: '12 0,W-12 0,W H/2,W-12 H,12 H,0 H/2', told: '0 0,W 0,W H,0 H,12 H/2' }[kind as string];
  if (corners === undefined) return `<rect class="shape" ${rectangle(place)} rx="${kind === 'join' ? round(height / 2) : 6}"/>${written(words, place)}`;
  return `<polygon class="shape" points="${pointsOf(corners, place, width, height)}"/>${written(words, place)}`;
}

/** Corners in words of the width and height of their shape. */
function pointsOf(corners: string, { x, y }: Place, width: number, height: number): string {
  const values: Record<string, number> = { 'W-12': width - 12, W: width, 'H/2': height / 2, H: height };
  const numbers = corners.split(',').map((corner) => corner.split(' ').map((word) => values[word] ?? Number(word)) as [number, number]);
  return numbers.map(([across, down]) => `${round(x - width / 2 + across)},${round(y - height / 2 + down)}`).join(' ');
}

function rectangle({ x, y, width, height }: Place): string {
  return `x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${round(height)}"`;
}

/** Lines one below the other, around the middle. What follows the name is smaller. */
function written(words: readonly string[], { x, y }: Place): string {
  const top = y - ((words.length - 1) * LINE_HEIGHT) / 2 + 4.5;
  return words
    .map((word, at) => `<text class="${at === 0 ? 'name' : 'note'}" x="${round(x)}" y="${round(top + at * LINE_HEIGHT)}">${escape(word)}</text>`)
    .join('');
}

const round = (value: number) => Math.round(value * 10) / 10;

function escape(text: string): string {
  return text.replaceAll(/[&<>"{}]/g, (char) => `&#${char.charCodeAt(0)};`);
}
