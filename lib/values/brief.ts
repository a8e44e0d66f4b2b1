/** Keeps what a refusal says small: it may quote data of the caller, who would get back more than he sent. */
const LONGEST_SENTENCE = 1000;
const MOST_OF_LIST = 6000;
const LONGEST_MESSAGE = 6000;

/** A message of at most 6 kB as JSON. */
export function briefMessage(text: string): string {
  return cutTo(text, LONGEST_MESSAGE);
}

/** The fields of an error, with texts of at most 1 kB and lists of at most 6 kB as JSON. */
export function briefFields<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, briefValue(value)])) as T;
}

function briefValue(value: unknown): unknown {
  if (typeof value === 'string') return cutTo(value, LONGEST_SENTENCE);
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? briefList(value) : value;
}

/** The first sentences, and how many more there are. */
function briefList(sentences: readonly string[]): string[] {
  const kept: string[] = [];
  let left = MOST_OF_LIST;
  for (const sentence of sentences) {
    const cut = cutTo(sentence, LONGEST_SENTENCE);
    left -= jsonBytes(cut) + 1;
    if (left < 0) return [...kept, `and ${sentences.length - kept.length} more`];
    kept.push(cut);
  }
  return kept;
}

function cutTo(text: string, most: number): string {
  if (text.length * 6 + 2 <= most) return text; // no character takes more bytes as JSON
  let cut = text.slice(0, most);
  while (jsonBytes(cut) > most) cut = cut.slice(0, Math.floor(cut.length * 0.8));
  return cut === text ? text : `${cut.toWellFormed()}...`;
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
