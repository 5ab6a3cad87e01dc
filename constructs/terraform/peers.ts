/** Peers: loads what needs cdktf before the door does, so that its absence is named with the line that installs it. */
import { withPeers } from '../parsing';

withPeers('littoral/terraform', ['cdktf@0.21', 'constructs', 'cdk8s'], () => {
  require('constructs');
  require('./cdktf');
  require('../kubernetes/edge-app');
});
