/** The program behind cdktf.json: the shop on a fleet, as a stack for cdktf or Terraform; run it from the root of the repository. */
import { App } from 'cdktf';
import { ShopStack } from './stack';

const { LITTORAL_FLEET, LITTORAL_PROMETHEUS } = process.env;

const app = new App();
new ShopStack(app, 'edge', { fleet: LITTORAL_FLEET, prometheus: LITTORAL_PROMETHEUS });
app.synth();
