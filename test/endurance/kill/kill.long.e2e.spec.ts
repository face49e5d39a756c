import { inShortForm } from '../harness/short-form.js';
import { kill } from './kill.program.js';

inShortForm(kill);
