import { useId } from 'preact/hooks';
import { asField } from '../words/filters.js';
import type { Field } from './model.js';
import { type AnyDraft, type Draft, draftOf, keyOf, type Problems } from './values.js';

export interface FieldProps {
  readonly field: Field;
  readonly draft: Draft;
  readonly problems: Problems;
  readonly onChange: (draft: Draft) => void;
}

/** The fields of a form, as its model says. */
export function Fields(props: FieldProps) {
  const { kind, path } = props.field;
  if (kind === 'group') return <GroupField {...props} isWhole={path === ''} />;
  if (kind === 'list') return <ListField {...props} />;
  return <PlainField {...props} />;
}

function GroupField({ field, draft, problems, onChange, isWhole }: FieldProps & { readonly isWhole: boolean }) {
  const drafts = draft as Readonly<Record<string, Draft>>;
  const inner = field.fields.map((each) => (
    <Fields
      key={each.path}
      field={each}
      draft={drafts[keyOf(each)]!}
      problems={problems}
      onChange={(changed) => onChange({ ...drafts, [keyOf(each)]: changed })}
    />
  ));
  if (isWhole) return <div class="fields">{inner.length > 0 ? inner : <p class="muted">No data is needed.</p>}</div>;
  return (
    <fieldset>
      <legend>{labelWords(field)}</legend>
      <Beside path={field.path} problems={problems} id="" />
      {inner}
    </fieldset>
  );
}

function ListField({ field, draft, problems, onChange }: FieldProps) {
  const drafts = draft as readonly Draft[];
  const replaced = (index: number, changed: Draft) => drafts.map((each, at) => (at === index ? changed : each));
  return (
    <fieldset>
      <legend>{labelWords(field)}</legend>
      <Beside path={field.path} problems={problems} id="" />
      {drafts.map((each, index) => (
        <div class="list-item" key={index}>
          <Fields field={field.itemAt!(index)} draft={each} problems={problems} onChange={(changed) => onChange(replaced(index, changed))} />
          <button type="button" onClick={() => onChange(drafts.filter((_, at) => at !== index))}>
            Remove item {index + 1}
          </button>
        </div>
      ))}
      <button type="button" onClick={() => onChange([...drafts, draftOf(field.itemAt!(drafts.length))])}>
        Add an item
      </button>
    </fieldset>
  );
}

function PlainField({ field, draft, problems, onChange }: FieldProps) {
  const id = useId();
  const problem = problems[field.path];
  const described = [field.help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(' ');
  const common = { id, 'aria-invalid': problem ? true : undefined, 'aria-required': field.required || undefined, 'aria-describedby': described || undefined };
  return (
    <div class="field">
      <label for={id}>{labelWords(field)}</label>
      <Control field={field} draft={draft} onChange={onChange} common={common} />
      {field.help && (
        <p class="help" id={`${id}-help`}>
          {field.help}
        </p>
      )}
      <Beside path={field.path} problems={problems} id={`${id}-problem`} />
    </div>
  );
}

interface ControlProps {
  readonly field: Field;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly common: { readonly id: string };
}

function Control({ field, draft, onChange, common }: ControlProps) {
  const typed = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  const text = draft as string;
  switch (field.kind) {
    case 'choice':
      return (
        <Choice common={common} value={text} onChange={onChange} field={field} words={field.choices.map((each, index) => [String(index), String(each)])} />
      );
    case 'boolean':
      return <Choice common={common} value={text} onChange={onChange} field={field} words={[['true', 'yes'], ['false', 'no']]} />; // prettier-ignore
    case 'json':
      return <textarea {...common} rows={6} spellcheck={false} class="code" value={text} onInput={typed} />;
    case 'any':
      return <AnyControl draft={draft as AnyDraft} onChange={onChange} common={common} label={field.label} />;
    case 'moment':
      return <input {...common} type="datetime-local" step="1" value={asLocal(text)} onInput={typed} />;
    case 'date':
      return <input {...common} type="date" value={text} onInput={typed} />;
    case 'number':
      return <input {...common} inputMode="decimal" value={text} onInput={typed} />;
    default:
      return isLong(field) ? <textarea {...common} rows={3} value={text} onInput={typed} /> : <input {...common} value={text} onInput={typed} />;
  }
}

/** What the field itself has said stays as it is; a moment that was there before is shown as local time. */
function asLocal(text: string): string {
  return text.endsWith('Z') ? asField(text) : text;
}

function isLong({ schema }: Field): boolean {
  return typeof schema.maxLength === 'number' && schema.maxLength > 150;
}

interface ChoiceProps extends Omit<ControlProps, 'draft'> {
  readonly value: string;
  readonly words: readonly (readonly [value: string, word: string])[];
}

function Choice({ common, value, onChange, words, field }: ChoiceProps) {
  return (
    <select {...common} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{field.required ? 'Choose' : 'Not given'}</option>
      {words.map(([each, word]) => (
        <option key={each} value={each}>
          {word}
        </option>
      ))}
    </select>
  );
}

function AnyControl({ draft, onChange, common, label }: { readonly draft: AnyDraft; readonly label: string } & Pick<ControlProps, 'onChange' | 'common'>) {
  return (
    <div class="any">
      <input {...common} value={draft.text} onInput={(event) => onChange({ ...draft, text: event.currentTarget.value })} />
      <select aria-label={`${label} is`} value={draft.as} onChange={(event) => onChange({ ...draft, as: event.currentTarget.value as AnyDraft['as'] })}>
        <option value="text">as text</option>
        <option value="json">as JSON</option>
      </select>
    </div>
  );
}

function Beside({ path, problems, id }: { readonly path: string; readonly problems: Problems; readonly id: string }) {
  const problem = problems[path];
  return problem ? (
    <p class="field-problem" id={id || undefined}>
      {problem}
    </p>
  ) : null;
}

function labelWords({ label, required, path }: Field): string {
  return required || path === '' ? label : `${label} (optional)`;
}
