import type { Situation } from '../api/types.js';
import { Link, Moment, Sentence, State } from '../parts/basics.js';
import { CopyButton } from '../parts/copy-button.js';
import { PROGRESS } from '../words/status.js';

/** What a person wants to know first: how it stands, why, and what helps. */
export function ProcessHead({ situation: { process, explanation, progress } }: { readonly situation: Situation }) {
  return (
    <>
      <p class="process-line">
        <State look={PROGRESS[progress]} />
        <Link to={['workflows', process.workflow]} query={{ version: String(process.workflowVersion) }}>
          {process.workflow} v{process.workflowVersion}
        </Link>
        {process.groupId !== process.id && <span class="code">{process.id}</span>}
        <CopyButton text={process.id} what="id" />
        <span>
          started <Moment at={process.startedAt} isShort />
        </span>
        {process.finishedAt !== null && (
          <span>
            ended <Moment at={process.finishedAt} isShort />
          </span>
        )}
        {process.parentId !== null && <Link to={['processes', process.parentId]}>its parent</Link>}
      </p>
      <div class={`explanation ${PROGRESS[progress].tone}`}>
        <p>
          <Sentence text={explanation.sentence} />
        </p>
        {explanation.remedies.length > 0 && (
          <details>
            <summary>What helps, as calls of the service</summary>
            <ul>
              {explanation.remedies.map((remedy) => (
                <li key={remedy}>
                  <code>{remedy}</code>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </>
  );
}
