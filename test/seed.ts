/** Random tests draw the same problems in every run, unless LITTORAL_SEED says otherwise: a failure is a change, not luck. */
import * as fc from 'fast-check';
import { seed } from './placement/runs';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
