import { inShortForm } from '../harness/short-form.js';
import { proxy } from './proxy.program.js';

inShortForm(proxy);
