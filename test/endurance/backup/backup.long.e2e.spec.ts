import { inShortForm } from '../harness/short-form.js';
import { backup } from './backup.program.js';

inShortForm(backup);
