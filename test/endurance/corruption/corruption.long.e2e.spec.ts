import { inShortForm } from '../harness/short-form.js';
import { corruption } from './corruption.program.js';

inShortForm(corruption);
