/** What an EdgeStack becomes, as a suite that runs with cdktf and again with its fork under the same name. */
import { EdgeDeployment, EdgeStack } from '../../constructs/terraform';
import { bindingsSuite } from './bindings-suite';
import { edgeDeploymentSuite } from './edge-deployment-suite';
import { edgeFleetSuite } from './edge-fleet-suite';
import { edgePlacementSuite } from './edge-placement-suite';
import { demand, fleet, provider, shop } from './edge-shop';
import { lockFileSuite } from './lock-file-suite';
import { beside, enter, leave, synthesized } from './stacks';
import { synthesisMistakesSuite } from './synthesis-mistakes-suite';

/** The stack that the two editions of the suite compare with each other, without what differs by version. */
export function wholeStack(): string {
  enter({
    'fleet.json': JSON.stringify({ apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', ...fleet }),
  });
  synthesized((app) => {
    const stack = new EdgeStack(app, 'edge', { fleet: 'fleet.json', provider });
    new EdgeDeployment(stack, 'shop', shop);
    new EdgeDeployment(stack, 'chat', { ...shop, name: 'chat', demand, delivery: 'kubernetes' });
    return stack;
  });
  const text = beside('cdk.tf.json') ?? '';
  const { version: _, ...metadata } = JSON.parse(text)['//'].metadata;
  const whole = { ...JSON.parse(text), '//': metadata };
  return JSON.stringify(whole, null, 1).replaceAll(process.cwd(), '<project>');
}

/** Registers the suite. */
export function synthesisSuite(): void {
  beforeEach(() => void enter());
  afterEach(leave);

  edgeDeploymentSuite();
  lockFileSuite();
  edgeFleetSuite();
  edgePlacementSuite();
  synthesisMistakesSuite();
  bindingsSuite();
}
