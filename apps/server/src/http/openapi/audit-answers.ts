/** The shapes of the audit's answers, for the OpenAPI document. */
import { CONFUSABLE_PAIR } from '#read-model';
import { CONSISTENCY, INCLUSION, LOG_KEYS, REPLAY_STATE, ROTATION } from '../../answers/audit-answers.js';
import { DIFFERENCES_ANSWER } from '../../answers/difference-answers.js';
import { answerClass, pageClass } from './answer-class.js';

export const LogKeysSchema = answerClass(LOG_KEYS);
export const RotationSchema = answerClass(ROTATION);
export const InclusionSchema = answerClass(INCLUSION);
export const ConsistencySchema = answerClass(CONSISTENCY);
export const ReplaySchema = answerClass(REPLAY_STATE);
export const DifferencesSchema = answerClass(DIFFERENCES_ANSWER);
export const ConfusablePairsSchema = pageClass(CONFUSABLE_PAIR);
