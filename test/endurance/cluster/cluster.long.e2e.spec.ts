import { inShortForm } from '../harness/short-form.js';
import { cluster } from './cluster.program.js';

inShortForm(cluster);
