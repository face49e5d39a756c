/** The shapes of what is answered about keys, for the OpenAPI document. */
import { ISSUED_KEY, SHOWN_KEY } from '../../command/api-keys.js';
import { answerClass, pageClass } from './answer-class.js';

export const IssuedKeySchema = answerClass(ISSUED_KEY);
export const ApiKeyPageSchema = pageClass(SHOWN_KEY);
