/** The stand-in for hashicorp/kubernetes as a program. */
import { run } from '../../providers/terraform/protocol/plugin';

void run(
  {
    load: () => (require('./kubernetes-fake') as typeof import('./kubernetes-fake')).kubernetesFake,
    name: 'kubernetes',
    version: '2.38.0',
    address: 'registry.terraform.io/hashicorp/kubernetes',
  },
  process,
);
