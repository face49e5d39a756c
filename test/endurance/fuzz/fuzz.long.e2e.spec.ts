import { inShortForm } from '../harness/short-form.js';
import { fuzz } from './fuzz.program.js';

inShortForm(fuzz);
