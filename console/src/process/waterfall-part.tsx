import { useState } from 'preact/hooks';
import { Empty, State } from '../parts/basics.js';
import { changeQuery } from '../state/location.js';
import { now } from '../state/settings.js';
import { firstLine } from '../words/errors.js';
import { RUN } from '../words/status.js';
import { durationWords } from '../words/time.js';
import { type Row, waterfallRows } from '../words/waterfall.js';
import type { PartProps } from './process-parts.js';

/** Each visit of a step as a row, its attempts as bars. What has failed comes first. */
export function WaterfallPart({ situation }: PartProps) {
  const [hidesIdle, setHides] = useState(true);
  const rows = waterfallRows(situation.steps, now.value, hidesIdle);
  if (rows.length === 0) return <Empty>No step has begun.</Empty>;
  return (
    <>
      <label class="check">
        <input type="checkbox" checked={hidesIdle} onChange={(event) => setHides(event.currentTarget.checked)} /> Shorten the time in which nothing ran
      </label>
      <div class="table-box" role="region" aria-label="Steps in time" tabIndex={0}>
        <table class="waterfall">
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Took
              </th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <WaterfallRow key={row.key} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {situation.steps.length >= 500 && <p class="muted">The newest 500 attempts are shown. All of them are in the history.</p>}
    </>
  );
}

function WaterfallRow({ row }: { readonly row: Row }) {
  const { step, state, durationMs, bars, error } = row;
  const tries = bars.length > 1 ? `${bars.length} attempts` : '';
  return (
    <tr class={state}>
      <th scope="row">
        <button type="button" class="quiet" onClick={() => changeQuery({ step })}>
          {step}
        </button>
      </th>
      <td class="when">
        <State look={RUN[state]} /> <span class="muted">{tries}</span>
      </td>
      <td class="number">{durationMs === null ? '–' : durationWords(durationMs)}</td>
      <td class="bars">
        <svg width="100%" height="16" role="img" aria-label={bars.map(({ run }) => `attempt ${run.attempt} ${RUN[run.state].word}`).join(', ') || 'not begun'}>
          {bars.map(({ from, width, run }) => (
            <rect key={run.attempt} x={`${from}%`} width={`${width}%`} y="3" height="10" rx="2" class={`bar ${run.state}`} />
          ))}
        </svg>
        {error !== null && <p class="error-text">{firstLine(error)}</p>}
      </td>
    </tr>
  );
}
