import { inShortForm } from '../harness/short-form.js';
import { soak } from './soak.program.js';

inShortForm(soak);
