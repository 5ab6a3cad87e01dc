/** A placement that takes long holds up no other call: the executable decides it in a thread of its own. */
import { join } from 'node:path';
import { fieldsOf } from '../../providers/terraform/resources/attributes';
import { appsShape, placementSchema } from '../../providers/terraform/resources/placement/schema';
import { hclValue } from '../../providers/terraform/schema/values';
import { inputs } from '../conformance/placement-inputs';
import { inbound, outbound } from './over-wire';
import { connect, start } from './starting';

const executable = join(__dirname, '../../dist/terraform/terraform-provider-littoral');

it('answers others while it decides', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `c${index}`);
  const place = (index: number) => ({ latitude: (index * 7) % 80, longitude: (index * 13) % 180 });
  const clusters = names.map((name, index) => ({
    ...{ name, region: 'r', country: 'DE' },
    ...place(index),
  }));
  const origins = Array.from({ length: 3000 }, (_, index) => ({
    ...{ name: `o${index}`, requestsPerSecond: 1 + (index % 17) },
    ...place(index * 3 + 1),
  }));
  const document = (kind: string, body: object) =>
    JSON.stringify({ apiVersion: 'littoral.dev/v1alpha1', kind, ...body });
  const proposed = fieldsOf(placementSchema.attributes, {
    apps: hclValue(appsShape, inputs().apps),
    fleet: document('Fleet', { clusters }),
    demands: { shop: document('Demand', { observedAt: '2026-11-21T05:30:00Z', origins }) },
  });
  const { line, child } = await start(executable);
  const connection = connect(line);
  try {
    let isDone = false;
    const deciding = connection
      .call('PlanResourceChange', {
        type_name: 'littoral_placement',
        prior_state: outbound(null, placementSchema),
        proposed_new_state: outbound(proposed, placementSchema),
        config: outbound(proposed, placementSchema),
      })
      .finally(() => {
        isDone = true;
      });
    let answered = 0;
    while (!isDone) {
      await connection.call('GetMetadata');
      if (!isDone) answered += 1;
    }
    const planned = inbound((await deciding).planned_state, placementSchema);
    expect(planned?.clusters).toHaveLength(2);
    // In its own thread it leaves room for hundreds; in ours for none after the first.
    expect(answered).toBeGreaterThan(20);
  } finally {
    connection.close();
    child.kill('SIGKILL');
  }
}, 60_000);
