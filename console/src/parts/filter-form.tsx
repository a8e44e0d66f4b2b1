import type { ComponentChildren } from 'preact';
import { go, hrefOf, place } from '../state/location.js';
import { queryOf } from '../words/filters.js';
import { Link } from './basics.js';

const WIDE = window.matchMedia('(min-width: 800px)');

/** Filters of a list: they are applied by going to another address. On a narrow screen they are folded away, unless some are set. */
export function FilterForm({ page, children }: { readonly page: string; readonly children: ComponentChildren }) {
  const { query } = place.value;
  const apply = (event: Event) => {
    event.preventDefault();
    go(hrefOf([page], queryOf(new FormData(event.currentTarget as HTMLFormElement))));
  };
  return (
    <details class="filters" open={WIDE.matches || query.size > 0}>
      <summary>Filters</summary>
      <form onSubmit={apply} aria-label="Filters">
        {children}
        <div class="buttons">
          <button type="submit" class="primary">
            Apply
          </button>
          {query.size > 0 && <Link to={[page]}>Clear</Link>}
        </div>
      </form>
    </details>
  );
}
