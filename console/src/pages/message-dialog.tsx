import { useState } from 'preact/hooks';
import { Dialog, ReasonField } from '../parts/dialog.js';

interface MessageDialogProps {
  readonly what: 'replay' | 'discard';
  /** Of the message. */
  readonly name: string;
  readonly says: string;
  readonly send: (reason: { reason?: string }) => Promise<unknown>;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Does one thing with one message, for a reason. */
export function MessageDialog({ what, name, says, send, onClose, onDone }: MessageDialogProps) {
  const [reason, setReason] = useState('');
  const isDangerous = what === 'discard';
  const verb = isDangerous ? 'Discard' : 'Replay';
  const onDo = async () => {
    await send(reason === '' ? {} : { reason });
    onDone();
  };
  return (
    <Dialog
      title={`${verb}: ${name}`}
      says={says}
      verb={`${verb} this message`}
      safe={isDangerous ? 'Keep it' : 'Close'}
      isDangerous={isDangerous}
      onClose={onClose}
      onDo={onDo}
    >
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
}
