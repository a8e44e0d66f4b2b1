import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { liveState } from '../live/feed.js';
import { place } from '../state/location.js';
import { missingRight, session } from '../state/session.js';
import { Link } from './basics.js';
import { KeyHelp, useKeys } from './keys.js';
import { Search } from './search.js';
import { Settings } from './settings.js';

const PAGES: readonly (readonly [path: string, word: string])[] = [
  ['', 'Attention'],
  ['processes', 'Processes'],
  ['workflows', 'Workflows'],
  ['queues', 'Queues and workers'],
  ['inbox', 'Inbox'],
  ['outbox', 'Outbox'],
  ['bulk', 'Bulk runs'],
];

/** What stands around every page. */
export function Frame({ children }: { readonly children: ComponentChildren }) {
  const [isHelp, setHelp] = useState(false);
  const [isMenu, setMenu] = useState(false);
  useKeys({ help: () => setHelp(true) });
  const here = place.value.path.join('/');
  useEffect(() => setMenu(false), [here]);
  const { title = 'Workflows', environment = null } = session.value ?? {};
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the content
      </a>
      <header class="top">
        <Link to={[]} class="brand">
          {title}
        </Link>
        {environment !== null && <span class="environment">{environment}</span>}
        <Search />
        <span class={`live ${liveState.value}`}>{LIVE_WORDS[liveState.value]}</span>
        <Settings onHelp={() => setHelp(true)} />
        <button type="button" class="menu" aria-expanded={isMenu} aria-controls="pages" onClick={() => setMenu(!isMenu)}>
          Menu
        </button>
      </header>
      <nav id="pages" class={isMenu ? 'pages open' : 'pages'} aria-label="Pages">
        <ul>
          {PAGES.filter(([path]) => path !== 'bulk' || missingRight('administer') === null).map(([path, word]) => (
            <li key={path}>
              <Link to={path === '' ? [] : [path]} current={(place.value.path[0] ?? '') === path && 'page'}>
                {word}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {isHelp && <KeyHelp onClose={() => setHelp(false)} />}
    </>
  );
}

const LIVE_WORDS = { live: 'Live', polling: 'Every 5 s', paused: 'Paused' } as const;

/** With a base, a link to a part of the page would leave the page. */
function skipToMain(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
