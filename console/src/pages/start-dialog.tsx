import { useState } from 'preact/hooks';
import { at, post } from '../api/client.js';
import type { WorkflowDetail } from '../api/more-types.js';
import type { Process } from '../api/types.js';
import { Fields } from '../forms/fields.js';
import { useForm } from '../forms/use-form.js';
import { Dialog, ReasonField } from '../parts/dialog.js';
import { TextField } from '../parts/fields.js';
import { go, hrefOf } from '../state/location.js';

/** Starts a process, with a form made of the class of its starting values. */
export function StartDialog({ detail, onClose }: { readonly detail: WorkflowDetail; readonly onClose: () => void }) {
  const { workflow, version, start } = detail;
  const form = useForm(start);
  const [groupId, setGroupId] = useState('');
  const [reason, setReason] = useState('');
  const onDo = async () => {
    const context = form.read();
    const body = { context, version, ...(groupId !== '' && { groupId }), ...(reason !== '' && { reason }) };
    const { id } = await post<Process>(`workflows/${at(workflow)}/processes`, body);
    go(hrefOf(['processes', id]));
  };
  return (
    <Dialog
      title={`Start ${workflow}`}
      says={`A process of ${workflow}, version ${version}, begins at once with these values.`}
      verb={`Start ${workflow}`}
      safe="Close"
      isDangerous={false}
      onClose={onClose}
      onDo={onDo}
      onProblem={form.refused}
    >
      <Fields field={form.field} draft={form.draft} problems={form.problems} onChange={form.change} />
      <TextField label="Group id (optional)" value={groupId} onChange={setGroupId} help="The business key. At most one live process of a workflow has it." />
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
}
