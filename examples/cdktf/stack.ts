/** The shop of the quickstart where its users are: metrics decide in the plan, one resource delivers. */
import type { Construct } from 'constructs';
import { EdgeDeployment, EdgeStack } from '../../constructs/terraform';
import { shop } from '../quickstart/shop';

/** Where to run, and what tells where the users are. */
export interface ShopStackProps {
  /** Path of a Fleet document. Default: the 34 clusters of the quickstart, which exist on paper. */
  readonly fleet?: string | undefined;
  /** Address of a Prometheus. Default: an answer that was recorded. */
  readonly prometheus?: string | undefined;
}

/** One app on one fleet. */
export class ShopStack extends EdgeStack {
  constructor(scope: Construct, id: string, { fleet, prometheus }: ShopStackProps = {}) {
    super(scope, id, { fleet: fleet ?? 'examples/quickstart/fleet.yaml' });
    new EdgeDeployment(this, 'shop', {
      ...shop,
      demand: { prometheus: prometheus === undefined ? recorded : asked(prometheus) },
    });
  }
}

const recorded = { ...shop.demand.prometheus, answer: 'examples/quickstart/prometheus.json' };
const asked = (url: string) => ({
  url,
  query: 'sum by (geohash) (rate(http_requests_total{app="shop"}[10s]))',
  mode: 'instant' as const,
});
