import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface TextFieldProps {
  readonly label: string;
  readonly name?: string;
  readonly value?: string;
  readonly type?: 'text' | 'datetime-local';
  readonly help?: string;
  /** Without it, the form itself keeps what is typed. */
  readonly onChange?: (text: string) => void;
}

/** A label and a field of one line. */
export function TextField({ label, name, value = '', type = 'text', help, onChange }: TextFieldProps) {
  const id = useId();
  const typed = (event: { currentTarget: { value: string } }) => onChange?.(event.currentTarget.value);
  const common = { id, name, autocomplete: 'off', 'aria-describedby': help ? `${id}-help` : undefined, onInput: typed };
  const kept = onChange ? { value } : { defaultValue: value };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {type === 'text' ? <input {...common} {...kept} /> : <input {...common} {...kept} type={type} />}
      {help && (
        <p class="help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}

interface SelectFieldProps {
  readonly label: string;
  readonly name?: string;
  readonly value: string;
  readonly words: readonly (readonly [value: string, word: string])[];
  /** The choice of none. */
  readonly all?: string;
  readonly onChange?: (value: string) => void;
}

export function SelectField({ label, name, value, words, all, onChange }: SelectFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} value={onChange ? value : undefined} onChange={(event) => onChange?.(event.currentTarget.value)}>
        {all !== undefined && <option value="">{all}</option>}
        {words.map(([each, word]) => (
          <option key={each} value={each} selected={each === value}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Names and values, side by side. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
