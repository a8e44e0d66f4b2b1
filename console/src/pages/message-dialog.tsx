import { useState } from 'preact/hooks';
import { Dialog, ReasonField } from '../parts/dialog.js';

interface MessageDialogProps {
  readonly verb: string;
  /** Of the message. */
  readonly name: string;
  readonly says: string;
  readonly isDangerous: boolean;
  readonly send: (reason: { reason?: string }) => Promise<unknown>;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Does one thing with one message, for a reason. */
export function MessageDialog({ verb, name, says, isDangerous, send, onClose, onDone }: MessageDialogProps) {
  const [reason, setReason] = useState('');
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
