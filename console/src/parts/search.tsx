import { useState } from 'preact/hooks';
import { at, get, Problem } from '../api/client.js';
import type { Page, Process } from '../api/types.js';
import { asProblem } from '../api/use-read.js';
import { go, hrefOf } from '../state/location.js';

/** Finds a process by its id, or processes by the beginning of their group id. */
export function Search() {
  const [says, setSays] = useState('');
  const look = (event: SubmitEvent) => {
    event.preventDefault();
    const text = document.querySelector<HTMLInputElement>('#search')!.value.trim();
    if (text === '') return;
    setSays('Searching…');
    addressFor(text).then((href) => (setSays(''), go(href)), (error: unknown) => setSays(asProblem(error).message)); // prettier-ignore
  };
  return (
    <form role="search" class="search" onSubmit={look}>
      <input id="search" name="q" type="search" placeholder="Id or group id" aria-label="Find a process by its id or group id" autocomplete="off" />
      <span class="says" role="status">
        {says}
      </span>
    </form>
  );
}

/** One process is opened; several, or none, are shown as a list. */
async function addressFor(text: string): Promise<string> {
  const [found, byGroup] = await Promise.all([byId(text), get<Page<Process>>('processes', { groupIdPrefix: text, limit: 2 })]);
  const only = found ?? (byGroup.items.length === 1 ? byGroup.items[0] : undefined);
  return only ? hrefOf(['processes', only.id]) : hrefOf(['processes'], { groupIdPrefix: text });
}

async function byId(text: string): Promise<Process | undefined> {
  if (text.length > 80) return undefined;
  try {
    return await get<Process>(`processes/${at(text)}`);
  } catch (error) {
    if (error instanceof Problem && (error.status === 404 || error.status === 400)) return undefined;
    throw error;
  }
}
