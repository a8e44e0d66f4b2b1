/** The past of a process, a page at a time. */
import type { ProcessState } from '../core/process.js';
import type { ProcessStore } from '../store/process-store.js';
import { checkPage, cursorPlace, limitOf, type Page, type PageOptions, pageOf } from './page.js';
import type { History } from './process-history.js';
import { type LogLine, logOf } from './process-log.js';
import { type HistoryRecord, type VersionView, versionView } from './views.js';

export class ProcessPages {
  constructor(
    private readonly store: ProcessStore,
    private readonly past: History,
  ) {}

  /** @throws InvalidInputError for a wrong limit or cursor */
  async history({ id }: ProcessState, options: PageOptions, internals: boolean): Promise<Page<HistoryRecord>> {
    const { limit, after } = pagePlace(options);
    const records = await this.store.queries.recordsOf(id, { after, limit: limit + 1 });
    const { items, next } = pageOf(records, limit, ({ sequence }) => [sequence], (record) => record); // prettier-ignore
    return { items: await this.past.shown(id, items, internals), next };
  }

  /** Its cursor counts lines: those before a place stay there. */
  async log({ id }: ProcessState, options: PageOptions): Promise<Page<LogLine>> {
    const { limit, after } = pagePlace(options);
    const lines = logOf(await this.store.queries.recordsOf(id)).slice(after, after + limit + 1);
    return pageOf(lines, limit, () => [after + limit], (line) => line); // prettier-ignore
  }

  async versions({ id }: ProcessState, options: PageOptions): Promise<Page<VersionView>> {
    const { limit, after } = pagePlace(options);
    const found = await this.store.queries.versions(id, after + 1, after + limit + 1);
    return pageOf(found, limit, ({ version }) => [version], versionView); // prettier-ignore
  }
}

function pagePlace(options: PageOptions): { limit: number; after: number } {
  checkPage(options);
  const [after] = options.cursor === undefined ? [0] : cursorPlace(options.cursor, ['number']);
  return { limit: limitOf(options), after: Math.min(Math.max(after, 0), MOST) };
}

/** The largest sequence or version that a column holds, less the largest page. */
const MOST = 2 ** 31 - 1000;
