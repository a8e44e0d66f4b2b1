/** What bulk runs and pauses were asked for has data of people, too: in a filter, in what was put in, in a reason. */
import type { OperatingStore, StoredBulk, StoredPause } from '../store/operating-store.js';
import type { Json } from '../values/json.js';

const PAGE = 200;
/** A shorter name of a subject, such as `7`, is looked for as a whole value, and not in the middle of a text. */
const SHORTEST_IN_TEXT = 3;

/** What is erased: what names it, and the ids of its processes and messages. */
export interface ErasedOfSubject {
  readonly words: readonly string[];
  readonly ids: readonly string[];
}

/** The ids of the runs that have data of a subject. */
export interface ErasedRuns {
  readonly ended: readonly string[];
  /** They need what they were asked for, so it stays. */
  readonly running: readonly string[];
}

/** Clears what runs that have ended, and pauses, were asked for, where it names the subject. The rows stay, with their counts and times. */
export class OperatingErasure {
  constructor(private readonly store: OperatingStore) {}

  /** `changes`: false only finds them. */
  async erase({ words, ids }: ErasedOfSubject, changes: boolean): Promise<ErasedRuns> {
    const touched = new Set(ids.length === 0 ? [] : await this.store.bulksWith(ids));
    if (changes && ids.length > 0) await this.store.forgetBulkItems(ids);
    const found = { ended: [] as string[], running: [] as string[] };
    for await (const run of this.runs()) {
      if (!runNames(run, words) && !(touched.has(run.id) && (await this.wasAboutThese(run, ids)))) continue;
      (run.state === 'running' ? found.running : found.ended).push(run.id);
      if (changes && run.state !== 'running') await this.clear(run, words);
    }
    if (changes) await this.clearPauses(words);
    return found;
  }

  private async *runs(): AsyncIterable<StoredBulk> {
    for (let last: StoredBulk | undefined; ;) {
      const page = await this.store.bulks({ limit: PAGE, ...(last && { after: last }) });
      yield* page;
      if (page.length < PAGE) return;
      last = page.at(-1);
    }
  }

  /** A run on nothing else says of them what it brought, also where it does not name them. */
  private async wasAboutThese({ id }: StoredBulk, ids: readonly string[]): Promise<boolean> {
    const its = new Set(ids);
    return (await this.store.bulkItems(id, { limit: ids.length + 1 })).every((item) => its.has(item.id));
  }

  /** Read again where another one has changed it meanwhile. */
  private async clear(run: StoredBulk, words: readonly string[]): Promise<void> {
    for (let stored: StoredBulk | undefined = run; stored; [stored] = await this.store.bulks({ id: run.id, limit: 1 })) {
      const { updatedAt: _now, ...kept } = stored;
      const actor = kept.actor !== null && textNames(kept.actor, words) ? null : kept.actor;
      const cleared = { ...kept, filter: {}, options: {}, reason: null, cursor: null, actor, revision: stored.revision + 1 };
      if (await this.store.keepBulk(cleared, stored.revision)) return;
    }
  }

  private async clearPauses(words: readonly string[]): Promise<void> {
    for (const pause of await this.store.pauses(0)) if (pauseTexts(pause).some((text) => textNames(text, words))) await this.clearPause(pause, words);
  }

  private async clearPause(pause: StoredPause, words: readonly string[]): Promise<void> {
    const { updatedAt: _now, ...kept } = pause;
    const cleared = (text: string | null) => (text !== null && textNames(text, words) ? null : text);
    const { actor, reason, resumedBy, resumeReason } = kept;
    const texts = { actor: cleared(actor), reason: cleared(reason), resumedBy: cleared(resumedBy), resumeReason: cleared(resumeReason) };
    await this.store.keepPause({ ...kept, ...texts, revision: pause.revision + 1 }, pause.revision);
  }
}

function runNames({ filter, options, reason, actor, cursor }: StoredBulk, words: readonly string[]): boolean {
  const place = cursor === null ? '' : Buffer.from(cursor, 'base64url').toString();
  return [filter, options].some((data) => dataNames(data, words)) || [reason ?? '', actor ?? '', place].some((text) => textNames(text, words));
}

function pauseTexts({ actor, reason, resumedBy, resumeReason }: StoredPause): string[] {
  return [actor, reason, resumedBy, resumeReason].filter((text) => text !== null);
}

function dataNames(data: Json, words: readonly string[]): boolean {
  if (typeof data === 'string') return words.includes(data) || textNames(data, words);
  if (typeof data === 'object' && data !== null) return Object.values(data as Readonly<Record<string, Json>>).some((each) => dataNames(each, words));
  return words.includes(String(data));
}

/** Whether the text has one of the words, and not only as a part of a longer one. */
function textNames(text: string, words: readonly string[]): boolean {
  return words.some((word) => text === word || (word.length >= SHORTEST_IN_TEXT && hasWord(text, word)));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!isWordPart(text.at(at + word.length)) && (at === 0 || !isWordPart(text.at(at - 1)))) return true;
  return false;
}

function isWordPart(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}
