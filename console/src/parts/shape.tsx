import type { Shape } from '../words/status.js';

/** Sixteen by sixteen; drawn in the colour of the text around. */
const PATHS: Readonly<Record<Shape, string>> = {
  check: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM6.9 11.3 3.8 8.2l1.2-1.2 1.9 1.9 4.1-4.1 1.2 1.2z',
  play: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM6.3 4.8 11.4 8l-5.1 3.2z',
  clock: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 1.7a5.3 5.3 0 1 1 0 10.6A5.3 5.3 0 0 1 8 2.700zM7.200 4.500v4.100l3.200 1.900.800-1.300-2.400-1.400V4.500z',
  loop: 'M8 2a6 6 0 0 1 4.700 2.300V2.500h1.600v4.700H9.600V5.600h2A4.300 4.300 0 1 0 12.100 9.500l1.500.700A6 6 0 1 1 8 2z',
  triangle: 'M8 1.300 15.300 14.300H.7zM7.200 6v4h1.600V6zm0 5v1.600h1.600V11z',
  square: 'M2 2h12v12H2zm3.500 3.500v5h5v-5z',
  bars: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM5.300 5h1.800v6H5.300zm3.600 0h1.800v6H8.900z',
  octagon:
    'M5.100 1h5.800L15 5.100v5.800L10.900 15H5.100L1 10.900V5.100zM5.900 4.800 4.800 5.900 6.900 8l-2.100 2.100 1.100 1.100L8 9.100l2.100 2.100 1.100-1.100L9.100 8l2.100-2.100-1.100-1.100L8 6.900z',
  slash:
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 1.700c1.200 0 2.300.400 3.200 1.100L3.800 11.200A5.300 5.300 0 0 1 8 2.700zm0 10.600c-1.200 0-2.300-.400-3.200-1.100l7.400-7.400A5.300 5.300 0 0 1 8 13.300z',
  dash: 'M2 7h12v2H2z',
  mail: 'M1 3h14v10H1zm1.800 1.500L8 8.600l5.200-4.100z',
  question:
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM7.200 11h1.600v1.500H7.200zm0-1h1.600c0-1.500 2.100-1.800 2.100-3.700A2.800 2.800 0 0 0 8 3.500a2.800 2.800 0 0 0-2.900 2.700h1.600c0-.7.5-1.200 1.300-1.200.700 0 1.300.5 1.300 1.200 0 1.200-2.100 1.600-2.100 3.800z',
};

export function ShapeIcon({ shape }: { readonly shape: Shape }) {
  return (
    <svg class="shape" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={PATHS[shape]} fill-rule="evenodd" />
    </svg>
  );
}

/** Inside another drawing. */
export function ShapeMark({ shape, x, y }: { readonly shape: Shape; readonly x: number; readonly y: number }) {
  return (
    <g transform={`translate(${x} ${y})`} class="mark">
      <path d={PATHS[shape]} fill-rule="evenodd" />
    </g>
  );
}
