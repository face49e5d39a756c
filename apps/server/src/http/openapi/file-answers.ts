/** The shapes of what is answered of the files that the ledger judges by, for the OpenAPI document. */
import { ATTESTATION_SCHEME, PROGRAMME_ANSWER, PROGRAMME_HEAD } from '../../answers/file-answers.js';
import { answerClass, pageClass } from './answer-class.js';

export const ProgrammePageSchema = pageClass(PROGRAMME_HEAD);
export const ProgrammeSchema = answerClass(PROGRAMME_ANSWER);
export const AttestationSchemePageSchema = pageClass(ATTESTATION_SCHEME);
