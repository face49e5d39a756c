import { inShortForm } from '../harness/short-form.js';
import { timing } from './timing.program.js';

inShortForm(timing);
