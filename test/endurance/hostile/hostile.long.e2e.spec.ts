import { inShortForm } from '../harness/short-form.js';
import { hostile } from './hostile.program.js';

inShortForm(hostile);
