import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/client.js';
import { go, hrefOf } from '../state/location.js';
import { now, zone } from '../state/settings.js';
import type { Look } from '../words/status.js';
import { momentsIn, momentWords, relativeWords } from '../words/time.js';
import { ShapeIcon } from './shape.js';

interface LinkProps {
  readonly to: readonly string[];
  readonly query?: URLSearchParams | Record<string, string>;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** `j` and `k` go from one to the next. */
  readonly isRow?: boolean;
  readonly current?: 'page' | 'true' | false;
  readonly label?: string;
}

/** A link within the console: without a new load of the page, and with all that a link can do. */
export function Link({ to, query, children, class: name, isRow, current, label }: LinkProps) {
  const href = hrefOf(to, query);
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} class={name} data-row-link={isRow || undefined} aria-current={current || undefined} aria-label={label} onClick={follow}>
      {children}
    </a>
  );
}

export function State({ look }: { readonly look: Look }) {
  return (
    <span class={`state ${look.tone}`}>
      <ShapeIcon shape={look.shape} />
      {look.word}
    </span>
  );
}

/** A moment, as it is and from now. */
export function Moment({ at, precise, isShort }: { readonly at: string | null; readonly precise?: boolean; readonly isShort?: boolean }) {
  if (at === null) return <span class="muted">–</span>;
  const words = momentWords(at, zone.value, precise);
  const relative = relativeWords(at, now.value);
  return (
    <time dateTime={at} title={isShort ? words : undefined} class="moment">
      {isShort ? relative : `${words} `}
      {!isShort && <span class="muted">({relative})</span>}
    </time>
  );
}

/** A sentence of the server, with its moments as the person has chosen them. */
export function Sentence({ text }: { readonly text: string }) {
  return <>{momentsIn(text).map((piece, index) => (piece.isMoment ? <Moment key={index} at={piece.text} /> : piece.text))}</>;
}

export function ProblemNote({ problem }: { readonly problem: Problem | null }) {
  if (!problem) return null;
  return (
    <div class="problem" role="alert">
      <ShapeIcon shape="octagon" /> <span>{problem.message}</span>
    </div>
  );
}

/** Nothing to show, and what it means or what helps. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** A table in a box of its own, which alone may scroll sideways. */
export function TableBox({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div class="table-box" role="region" aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}

/** The heads of a table; those of numbers stand above them, at the right. */
export function Heads({ names, numbers = [] }: { readonly names: readonly string[]; readonly numbers?: readonly string[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col" class={numbers.includes(name) ? 'number' : undefined}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** The next page of a list. */
export function More({ list, what }: { readonly list: { hasMore: boolean; isLoading: boolean; more: () => void }; readonly what: string }) {
  if (!list.hasMore) return null;
  return (
    <button type="button" class="more" disabled={list.isLoading} onClick={list.more}>
      {list.isLoading ? 'Loading…' : `More ${what}`}
    </button>
  );
}
