import { useState } from 'preact/hooks';
import { post } from '../api/client.js';
import type { PossibleAction, Process } from '../api/types.js';
import { Fields } from '../forms/fields.js';
import { useForm } from '../forms/use-form.js';
import { Dialog, ReasonField } from '../parts/dialog.js';
import { SelectField } from '../parts/fields.js';
import { actionLabel, actionRequest, ACTIONS } from '../words/actions.js';
import { useVersions } from './use-versions.js';

interface ActionDialogProps {
  readonly action: PossibleAction;
  readonly process: Process;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks before an action is done: what will happen, with which data, and why. */
export function ActionDialog({ action, process, onClose, onDone }: ActionDialogProps) {
  const { safe, isDangerous, data } = ACTIONS[action.action];
  const form = useForm(action.schema);
  const [reason, setReason] = useState('');
  const [next, setNext] = useState('');
  const [contextVersion, setVersion] = useState(process.contextVersion);
  const verb = actionLabel(action, process);
  const onDo = async () => {
    const given = data === null ? undefined : form.read();
    const { path, body } = actionRequest(action, process, { reason, data: given, next, contextVersion });
    await post(path, body);
    onDone();
  };
  return (
    <Dialog title={verb} says={action.says} verb={verb} safe={safe} isDangerous={isDangerous} onClose={onClose} onDo={onDo} onProblem={form.refused}>
      {action.action === 'restartFrom' && <VersionChoice process={process} version={contextVersion} onChange={setVersion} />}
      {action.branches && action.branches.length > 0 && (
        <SelectField label="Goes on with" value={next} words={action.branches.map((each) => [each, each])} all="Choose" onChange={setNext} />
      )}
      {data !== null && <Fields field={form.field} draft={form.draft} problems={form.problems} onChange={form.change} />}
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
}

function VersionChoice({ process, version, onChange }: { readonly process: Process; readonly version: number; readonly onChange: (version: number) => void }) {
  return <SelectField label="From the version" value={String(version)} words={useVersions(process)} onChange={(each) => onChange(Number(each))} />;
}
