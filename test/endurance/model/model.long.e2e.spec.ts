import { inShortForm } from '../harness/short-form.js';
import { model } from './model.program.js';

inShortForm(model);
