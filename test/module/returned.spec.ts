import { expect, it } from 'vitest';
import type { Change } from '../../lib/core/change.js';
import { RunningProcess } from '../../lib/execution/running-process.js';

function change(made: readonly number[], referred: readonly (number | undefined)[]): Change {
  const versions = made.map((version) => ({ version, patch: { made: version }, ...(version === 3 && { result: null }) }));
  return { versions, messages: [], process: { tokens: referred.map((previous) => ({ previous })) } } as unknown as Change;
}

it('what a step returned is remembered as long as a token that can run refers to it, and no longer', () => {
  const process = new RunningProcess('a');
  const recalled = () => [1, 2, 3, 4].map((version) => process.returnedBy(version));
  process.remember(change([1, 2], [2, undefined]));
  expect(recalled()).toEqual([undefined, { made: 2 }, undefined, undefined]);
  process.remember(change([3], [2, 3, 2]));
  expect(recalled()).toEqual([undefined, { made: 2 }, null, undefined]);
  process.remember(change([4], [3]));
  expect(recalled()).toEqual([undefined, undefined, null, undefined]);
  expect(new RunningProcess('a').returnedBy(3)).toBeUndefined();
});
