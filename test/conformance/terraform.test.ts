/** The Terraform provider keeps what every wire promises, under Terraform's own rules. */
import { contract } from './contract';
import { placementConformance } from './placement-suite';
import { releaseConformance } from './release-suite';
import { retirementConformance } from './retirement-suite';
import { endAll, terraform } from './terraform';
import { trafficConformance } from './traffic-suite';

afterEach(endAll);

releaseConformance(terraform);
placementConformance(terraform, contract);
trafficConformance(terraform);
retirementConformance(terraform);
