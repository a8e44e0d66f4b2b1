import type { Situation } from '../api/types.js';
import { Link } from '../parts/basics.js';
import { place } from '../state/location.js';
import { ContextPart } from './context-part.js';
import { FamilyPart } from './family-part.js';
import { HistoryPart } from './history-part.js';
import { LogPart } from './log-part.js';
import { MessagesPart } from './messages-part.js';
import { WaterfallPart } from './waterfall-part.js';

const PARTS = [
  ['steps', 'Steps in time', WaterfallPart],
  ['context', 'Context', ContextPart],
  ['messages', 'Messages', MessagesPart],
  ['family', 'Parent and children', FamilyPart],
  ['log', 'Log', LogPart],
  ['history', 'History', HistoryPart],
] as const;

export interface PartProps {
  readonly situation: Situation;
}

/** All that is kept of a process, one part at a time; which one is in the address. */
export function ProcessParts({ situation }: PartProps) {
  const { query } = place.value;
  const asked = query.get('part');
  const [shown, , Part] = PARTS.find(([name]) => name === asked) ?? PARTS[0];
  return (
    <section class="parts">
      <nav class="tabs" aria-label="Parts of this process">
        <ul>
          {PARTS.map(([name, label]) => (
            <li key={name}>
              <Link to={['processes', situation.process.id]} query={withPart(query, name)} current={name === shown && 'true'}>
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Part situation={situation} />
    </section>
  );
}

function withPart(query: URLSearchParams, part: string): Record<string, string> {
  const step = query.get('step');
  return step === null ? { part } : { part, step };
}
