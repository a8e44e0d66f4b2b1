import { useEffect, useRef } from 'preact/hooks';
import { Feed } from './feed.js';

/** Calls at once for a change, and then at most once in `everyMs`, however many changes there are. */
export function useLive(processId: string | null, changed: () => void, everyMs = 1500): void {
  const latest = useRef(changed);
  latest.current = changed;
  useEffect(() => {
    const calm = calmed(() => latest.current(), everyMs);
    const feed = new Feed(processId, calm.call);
    return () => {
      feed.close();
      calm.stop();
    };
  }, [processId, everyMs]);
}

function calmed(call: () => void, everyMs: number): { call: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAskedAgain = false;
  const open = () => {
    timer = undefined;
    if (isAskedAgain) run();
  };
  const run = () => {
    isAskedAgain = false;
    timer = setTimeout(open, everyMs);
    call();
  };
  return { call: () => (timer === undefined ? run() : void (isAskedAgain = true)), stop: () => clearTimeout(timer) };
}
