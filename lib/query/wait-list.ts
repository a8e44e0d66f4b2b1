import type { ProcessState } from '../core/process.js';
import type { WaitState } from '../core/wait.js';
import type { OwedInputs } from './owed-inputs.js';
import { checkPage, cursorPlace, LARGEST_PAGE, limitOf, type Page, type PageOptions, pageOf } from './page.js';
import type { WaitView } from './shapes.js';
import { isShown, waitView, waitViewWithInternals } from './views.js';

/** The waits of a process that something outside the engine can end, those that wait longest first. */
export class WaitList {
  constructor(private readonly owed: OwedInputs) {}

  /** As many as one page holds: a `forEach` can have ten thousand. */
  first(process: ProcessState, waits: readonly WaitState[], internals: boolean): WaitView[] {
    return this.page(process, waits, { limit: LARGEST_PAGE }, internals).items;
  }

  /** @throws InvalidInputError for a wrong limit or cursor */
  page(process: ProcessState, waits: readonly WaitState[], options: PageOptions, internals: boolean): Page<WaitView> {
    checkPage(options);
    const [limit, after] = [limitOf(options), options.cursor === undefined ? null : cursorPlace(options.cursor, ['number', 'string'])];
    const rest = waits.filter((wait) => isShown(wait) && (after === null || bySinceAndKey(after, waitPlace(wait)) < 0)).sort((a, b) => bySinceAndKey(waitPlace(a), waitPlace(b))); // prettier-ignore
    const view = internals ? waitViewWithInternals : waitView;
    return pageOf(rest, limit, waitPlace, (wait) => view(process.id, wait, this.owed.schemaOf(process, wait)));
  }
}

type Place = readonly [since: number, key: string];

function waitPlace({ token }: WaitState): Place {
  return [token.since, token.key];
}

function bySinceAndKey([since, key]: Place, [otherSince, otherKey]: Place): number {
  return since - otherSince || (key < otherKey ? -1 : Number(key > otherKey));
}
