/** The program behind cdktf.json: reads a committed decision and synthesizes it; run it from the root of the repository. */
import { readFileSync } from 'node:fs';
import { App } from 'cdktf';
import { parseDecision } from '../../constructs';
import { DecisionStack } from './stack';

const lock = process.argv[2] ?? 'examples/quickstart/expected/decision.json';

const app = new App();
new DecisionStack(app, 'edge', parseDecision(readFileSync(lock, 'utf8')), 'shop');
app.synth();
