import { inShortForm } from '../harness/short-form.js';
import { diskFaults } from './disk-faults.program.js';

inShortForm(diskFaults);
