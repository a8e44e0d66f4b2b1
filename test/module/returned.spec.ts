import { expect, it } from 'vitest';
import type { Change } from '../../lib/core/change.js';
import { StepResults } from '../../lib/execution/step-results.js';
import { ProcessCache } from '../../lib/writer/process-cache.js';
import type { ProcessStore } from '../../lib/store/process-store.js';

function change(made: readonly number[], referred: readonly (number | undefined)[]): Change {
  const versions = made.map((version) => ({ version, patch: { made: version }, ...(version === 3 && { result: null }) }));
  return { versions, process: { tokens: referred.map((previous) => ({ previous })) } } as unknown as Change;
}

it('is remembered as long as a token that can run refers to it, and no longer', () => {
  const [returned, seat] = [new StepResults({} as ProcessStore), new ProcessCache('a')];
  const recalled = () => [1, 2, 3, 4].map((version) => returned.recall(seat, version));
  returned.remember(seat, change([1, 2], [2, undefined]));
  expect(recalled()).toEqual([undefined, { made: 2 }, undefined, undefined]);
  returned.remember(seat, change([3], [2, 3, 2]));
  expect(recalled()).toEqual([undefined, { made: 2 }, null, undefined]);
  returned.remember(seat, change([4], [3]));
  expect(recalled()).toEqual([undefined, undefined, null, undefined]);
  expect(returned.recall(new ProcessCache('a'), 3)).toBeUndefined();
});
