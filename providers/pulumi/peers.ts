/** Peers: loads Pulumi's SDK before anything else does, so that its absence is named with the line that installs it. */
import { withPeers } from '../../constructs/parsing';

withPeers('littoral/pulumi', ['@pulumi/pulumi'], () => require('@pulumi/pulumi'));
