/** The contract of resources keeps what every wire promises. */
import { contract } from './contract';
import { placementConformance } from './placement-suite';
import { releaseConformance } from './release-suite';
import { retirementConformance } from './retirement-suite';
import { trafficConformance } from './traffic-suite';

releaseConformance(contract);
placementConformance(contract, contract);
trafficConformance(contract);
retirementConformance(contract);
