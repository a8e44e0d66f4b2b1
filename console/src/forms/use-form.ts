import { useMemo, useState } from 'preact/hooks';
import type { Problem } from '../api/client.js';
import type { Data } from '../api/types.js';
import { type Field, formOf } from './model.js';
import { besideFields, type Draft, draftOf, filled, pathsOf, type Problems } from './values.js';

export interface Form {
  readonly field: Field;
  readonly draft: Draft;
  readonly problems: Problems;
  readonly change: (draft: Draft) => void;
  /** The value, or a refusal that stands beside the fields. */
  readonly read: () => unknown;
  /** What the server has refused, put beside the fields. */
  readonly refused: (problem: Problem | null) => void;
}

/** A form made of a JSON Schema. */
export function useForm(schema: Data | null, value?: unknown): Form {
  const field = useMemo(() => formOf(schema), [JSON.stringify(schema)]);
  const [draft, setDraft] = useState<Draft>(() => draftOf(field, value));
  const [problems, setProblems] = useState<Problems>({});
  const read = () => {
    const { value: given, problems: found } = filled(field, draft);
    setProblems(found);
    const count = Object.keys(found).length;
    if (count > 0) throw new Error(count === 1 ? 'One field has to be put right.' : `${count} fields have to be put right.`);
    return given;
  };
  const refused = (problem: Problem | null) => {
    if (problem && problem.problems.length > 0) setProblems(besideFields(problem.problems, pathsOf(field, draft)).beside);
  };
  return { field, draft, problems, change: setDraft, read, refused };
}
