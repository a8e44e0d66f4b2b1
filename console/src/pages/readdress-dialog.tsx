import { useState } from 'preact/hooks';
import { at, post } from '../api/client.js';
import type { InboxMessage } from '../api/more-types.js';
import { Dialog, ReasonField } from '../parts/dialog.js';
import { TextField } from '../parts/fields.js';

interface ReaddressDialogProps {
  readonly message: InboxMessage;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Sends a message to another step, or under another key. */
export function ReaddressDialog({ message, onClose, onDone }: ReaddressDialogProps) {
  const isEvent = message.kind === 'event';
  const [address, setAddress] = useState({ workflow: message.workflow ?? '', step: message.step ?? '', correlationId: '', key: message.key ?? '' });
  const [reason, setReason] = useState('');
  const field = (name: keyof typeof address, label: string) => (
    <TextField label={label} value={address[name]} onChange={(text) => setAddress({ ...address, [name]: text })} />
  );
  const onDo = async () => {
    const { key, ...response } = address;
    await post(`inbox/${at(message.id)}/readdress`, { ...(isEvent ? { key } : response), ...(reason !== '' && { reason }) });
    onDone();
  };
  return (
    <Dialog
      title="Readdress this message"
      says={isEvent ? 'The event is brought under another key.' : 'The response is brought to the step that waits under this correlation id.'}
      verb="Readdress this message"
      safe="Close"
      isDangerous={false}
      onClose={onClose}
      onDo={onDo}
    >
      {isEvent ? (
        field('key', 'Key')
      ) : (
        <>
          {field('workflow', 'Workflow')}
          {field('step', 'Step')}
          {field('correlationId', 'Correlation id')}
        </>
      )}
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
}
