import { inShortForm } from '../harness/short-form.js';
import { powerLoss } from './power-loss.program.js';

inShortForm(powerLoss);
