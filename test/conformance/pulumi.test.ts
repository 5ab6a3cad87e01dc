/** Pulumi's dynamic resources keep what every wire promises, under the rules of Pulumi's engine. */
import { contract } from './contract';
import { placementConformance } from './placement-suite';
import { pulumi } from './pulumi';
import { releaseConformance } from './release-suite';
import { retirementConformance } from './retirement-suite';
import { trafficConformance } from './traffic-suite';

releaseConformance(pulumi);
placementConformance(pulumi, contract);
trafficConformance(pulumi);
retirementConformance(pulumi);
