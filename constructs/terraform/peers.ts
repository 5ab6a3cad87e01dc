/** Peers: loads what needs cdktf before the door does, so that its absence is named with the line that installs it. */
import { withPeers } from '../parsing';

const packages = ['cdktf@0.21', 'constructs', 'cdk8s'];
withPeers('littoral/terraform', packages, () => require('../kubernetes/edge-app'));
withPeers('littoral/terraform', packages, () => require('./cdktf'));
