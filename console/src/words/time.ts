export type Zone = 'local' | 'utc';

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** Its two largest units: `2 d 3 h`, `4 min 5 s`, `1.2 s`, `80 ms`. */
export function durationWords(ms: number): string {
  if (ms < 1000) return `${Math.max(Math.round(ms), 0)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  const whole = Math.round(ms / 1000) * 1000;
  const first = UNITS.findIndex(([, size]) => whole >= size);
  const [name, size] = UNITS[first]!;
  const large = `${Math.floor(whole / size)} ${name}`;
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1]);
  return rest === 0 ? large : `${large} ${rest} ${next![0]}`;
}

/** `3 min ago`, `in 2 h`, `now`. One unit is enough beside the moment itself. */
export function relativeWords(at: string, now: number): string {
  const ms = Date.parse(at) - now;
  const size = Math.abs(ms);
  if (size < 5000) return 'now';
  const [name, unit] = UNITS.find(([, each]) => size >= each) ?? UNITS.at(-1)!;
  const amount = `${Math.floor(size / unit)} ${name}`;
  return ms < 0 ? `${amount} ago` : `in ${amount}`;
}

/** `2026-11-30 15:43:41`, with `UTC` where it is; milliseconds where they matter. */
export function momentWords(at: string, zone: Zone, precise = false): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const shifted = zone === 'utc' ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  const text = shifted.toISOString().replace('T', ' ');
  return `${text.slice(0, precise ? 23 : 19)}${zone === 'utc' ? ' UTC' : ''}`;
}

const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A sentence in pieces: texts, and the moments that stand in it. */
export function momentsIn(sentence: string): readonly { readonly text: string; readonly isMoment: boolean }[] {
  const texts = sentence.split(ISO);
  const moments = sentence.match(ISO) ?? [];
  const pieces = texts.flatMap((text, index) => [
    { text, isMoment: false },
    { text: moments[index] ?? '', isMoment: true },
  ]);
  return pieces.filter(({ text }) => text !== '');
}
