/** Whether what people have asked for names a subject. */
import type { StoredBulk } from '../store/operating-store.js';
import type { Json, JsonObject } from '../values/json.js';

/** A shorter name of a subject, such as `7`, is looked for as a whole value, and not in the middle of a text. */
const SHORTEST_IN_TEXT = 3;
/** Where a filter may have data of people. The rest says what a workflow, a step or a message is, and a group id such as `7` or `failed` stands there by chance. */
const FILTERED = ['groupId', 'groupIdPrefix', 'parent', 'correlationId', 'process', 'processId', 'id', 'address', 'values', 'error'];
/** The same of options: `to` and `contextVersion` are numbers of versions, for example. */
const BROUGHT = ['patch', 'input'];

export function runNames({ filter, options, reason, actor, cursor }: StoredBulk, words: readonly string[]): boolean {
  const place = cursor === null ? '' : Buffer.from(cursor, 'base64url').toString();
  const data = [...valuesNamed(filter, FILTERED), ...valuesNamed(options, BROUGHT)];
  return data.some((each) => dataNames(each, words)) || [reason ?? '', actor ?? '', place].some((text) => textNames(text, words));
}

/** Whether the text has one of the words, and not only as a part of a longer one. */
export function textNames(text: string, words: readonly string[]): boolean {
  return words.some((word) => text === word || (word.length >= SHORTEST_IN_TEXT && hasWord(text, word)));
}

function valuesNamed(data: Json, names: readonly string[]): Json[] {
  const values = data as JsonObject;
  return names.flatMap((name) => (Object.hasOwn(values, name) ? [values[name]!] : []));
}

function dataNames(data: Json, words: readonly string[]): boolean {
  if (typeof data === 'string') return textNames(data, words);
  if (typeof data === 'object' && data !== null) return Object.values(data as Readonly<Record<string, Json>>).some((each) => dataNames(each, words));
  return typeof data === 'number' && words.includes(String(data));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!isWordPart(text.at(at + word.length)) && (at === 0 || !isWordPart(text.at(at - 1)))) return true;
  return false;
}

function isWordPart(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}
