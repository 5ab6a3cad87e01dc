/** A cdktf stack that tells Terraform what a decision says: outputs, and nothing that Terraform would have to create. */
import { TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { AppDecision, ClusterDecision, PlacementDecision } from '../../constructs';

/** One app's decision as outputs `clusters`, `replicas`, `requests_per_second`, `summary` and `decision_digest`. */
export class DecisionStack extends TerraformStack {
  constructor(scope: Construct, id: string, decision: PlacementDecision, appName: string) {
    super(scope, id);
    const app = decision.apps.find(({ app }) => app === appName);
    if (!app) throw new Error(`The decision has no app ${appName}; place it first.`);
    if (!app.satisfied)
      throw new Error(`The policy of ${appName} is unsatisfied; see its conflict.`);

    const chosen: readonly ClusterDecision[] = app.clusters;
    const clusters = chosen.map(({ name }) => name);
    const byCluster = (value: (cluster: ClusterDecision) => number) =>
      Object.fromEntries(chosen.map((cluster) => [cluster.name, value(cluster)]));

    this.output('clusters', 'Where the app runs.', clusters);
    this.output(
      'replicas',
      'Replicas by cluster, of all components together.',
      byCluster(({ replicas }) => replicas),
    );
    this.output(
      'requests_per_second',
      'Requests per second by cluster.',
      byCluster(({ requestsPerSecond }) => requestsPerSecond),
    );
    this.output('summary', 'The decision in one line.', summaryOf(app));
    this.output('decision_digest', 'Which decision this is.', decision.digest);
  }

  private output(id: string, description: string, value: unknown): void {
    new TerraformOutput(this, id, { description, value });
  }
}

/** For example `shop: 5 clusters, 1284 requests/s, mean 38 ms, 4.10 USD/h, proved optimal`. */
export function summaryOf(app: AppDecision): string {
  const served = app.clusters.reduce((sum, cluster) => sum + cluster.requestsPerSecond, 0);
  const { gap } = app.objective;
  return [
    `${app.app}: ${app.clusters.length} clusters`,
    `${Math.round(served)} requests/s`,
    `mean ${Math.round(app.latency.meanMilliseconds)} ms`,
    `${app.cost.usdPerHour.toFixed(2)} USD/h`,
    gap === 0 ? 'proved optimal' : `optimal within ${(100 * gap).toFixed(1)} %`,
  ].join(', ');
}
