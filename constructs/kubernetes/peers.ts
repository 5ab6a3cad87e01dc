/** Peers: loads what needs cdk8s before the door does, so that its absence is named with the line that installs it. */
import { withPeers } from '../parsing';

withPeers('littoral/kubernetes', ['cdk8s', 'constructs'], () => require('./edge-app'));
