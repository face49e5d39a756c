import { useId, type ReactNode } from 'react';
import { CONCERN_KINDS, CONCERN_SUBJECTS_BY_KIND } from '#attestation';
import { wordsOf } from '../format/format.js';

/** A subject that belongs to two kinds is listed under the first. */
const CHOICES = CONCERN_KINDS.map((kind, index) => {
  const before: readonly string[] = CONCERN_KINDS.slice(0, index).flatMap((each) => CONCERN_SUBJECTS_BY_KIND[each]);
  return { kind, subjects: CONCERN_SUBJECTS_BY_KIND[kind].filter((subject) => !before.includes(subject)) };
});

interface SubjectsProps {
  readonly title: string;
  readonly chosen: readonly string[];
  readonly choose: (subjects: readonly string[]) => void;
}

/** Check boxes for the subjects of a concern or a finding. */
export function Subjects({ title, chosen, choose }: SubjectsProps): ReactNode {
  const titleId = useId();
  return (
    <>
      <p id={titleId}>{title}</p>
      {CHOICES.map(({ kind, subjects }) => (
        <fieldset key={kind} aria-describedby={titleId}>
          <legend>{wordsOf(kind)}</legend>
          <div className="choices">
            {subjects.map((subject) => (
              <label key={subject}>
                <input
                  type="checkbox"
                  checked={chosen.includes(subject)}
                  onChange={({ target }) =>
                    choose(target.checked ? [...chosen, subject] : chosen.filter((each) => each !== subject))
                  }
                />{' '}
                {wordsOf(subject)}
              </label>
            ))}
          </div>
        </fieldset>
      ))}
    </>
  );
}
