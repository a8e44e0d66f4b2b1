import { useState } from 'preact/hooks';
import { post } from '../api/client.js';
import type { Pause } from '../api/more-types.js';
import { whole } from '../bulk/plan.js';
import { Dialog, ReasonField } from '../parts/dialog.js';
import { TextField } from '../parts/fields.js';

export type PauseOf = Partial<Readonly<Record<'workflow' | 'step' | 'queue', string>>>;

interface PauseDialogProps {
  readonly of: PauseOf;
  readonly isResume: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Pauses a workflow, a step or a queue on all instances, or resumes it. */
export function PauseDialog({ of, isResume, onClose, onDone }: PauseDialogProps) {
  const [reason, setReason] = useState('');
  const [perMinute, setPerMinute] = useState('');
  const name = pausedWords(of);
  const verb = isResume ? 'Resume' : 'Pause';
  const onDo = async () => {
    const rate = isResume && perMinute !== '' ? { perMinute: whole(perMinute, 'The rate') } : {};
    await post<Pause>(isResume ? 'pauses/resume' : 'pauses', { ...of, ...rate, ...(reason !== '' && { reason }) });
    onDone();
  };
  return (
    <Dialog
      title={`${verb} ${name}`}
      says={
        isResume ? `What waits in ${name} begins again, on all instances.` : `Nothing new begins in ${name}, on any instance. What runs now goes on to its end.`
      }
      verb={`${verb} ${name}`}
      safe="Change nothing"
      isDangerous={!isResume}
      onClose={onClose}
      onDo={onDo}
    >
      {isResume && <TextField label="At most in a minute (optional)" value={perMinute} onChange={setPerMinute} help="Empty: all at once." />}
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
}

export function pausedWords({ workflow, step, queue }: { workflow?: string | null; step?: string | null; queue?: string | null }): string {
  if (queue) return `the queue ${queue}`;
  return step ? `the step ${step} of ${workflow ?? ''}` : `the workflow ${workflow ?? ''}`;
}
