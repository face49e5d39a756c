import { type ReactNode } from 'react';
import { type VerdictWord } from '../api/answers.js';
import { VERDICTS } from '../batch/verdict-words.js';

export function Verdict({ verdict }: { verdict: VerdictWord }): ReactNode {
  const { sign, word } = VERDICTS[verdict];
  return (
    <span className={`verdict ${verdict}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
