import { Logger } from '@nestjs/common';
import { expect, it, vi } from 'vitest';
import { type BodyHost, BodyRun } from '../../lib/execution/body-run.js';

it('an error in what follows the end of a body is logged, and does not reach the commit that answers', () => {
  const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
  let ends = 0;
  const host = {
    ended() {
      ends++;
      throw new Error('a fault of ours');
    },
  } as unknown as BodyHost;
  const run = new BodyRun(host, undefined as never, undefined as never, { claim: 1 });
  run.recorded();
  run.recorded();
  expect(ends).toBe(1);
  expect(logged).toHaveBeenCalledWith('What follows the end of a body failed: Error: a fault of ours');
  logged.mockRestore();
});
