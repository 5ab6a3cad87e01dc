/** What nodes that kwok plays answer when they are asked for logs, to run a command, or to forward a port. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** Where the nodes of a cluster are asked, and what their containers have written. */
export interface Kubelet {
  readonly port: number;
  /** The log of every container, in the format of container runtimes: TIME stdout F TEXT. */
  readonly log: string;
  /** A kwok configuration file. */
  readonly config: string;
}

/** Writes the configuration: one log for all containers, commands run here, ports forwarded to `forwardTo`. */
export function writeKubelet(folder: string, port: number, forwardTo?: number): Kubelet {
  const log = join(folder, 'containers.log');
  writeFileSync(log, '');
  const config = join(folder, 'kubelet.yaml');
  const kinds = [
    kind('ClusterLogs', { logs: [{ logsFile: log, follow: true }] }),
    kind('ClusterExec', { execs: [{ local: { workDir: folder } }] }),
    ...(forwardTo === undefined
      ? []
      : [
          kind('ClusterPortForward', {
            forwards: [{ target: { port: forwardTo, address: '127.0.0.1' } }],
          }),
        ]),
  ];
  writeFileSync(config, kinds.map((one) => stringify(one)).join('---\n'));
  return { port, log, config };
}

function kind(name: string, spec: object): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: name,
    metadata: { name: 'testbed' },
    spec,
  };
}
