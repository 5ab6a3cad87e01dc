/** `npm start`: places the shop, says why, and writes the manifests of every chosen cluster to out/. */
import { join, relative } from 'node:path';
import { parseEdgeApp, place } from '../../constructs';
import { clusterFiles, render, synth } from '../../constructs/kubernetes';
import { decisionText } from '../../providers/cli/output/print/decision';
import { plain } from '../../providers/cli/output/terminal';
import { readPrometheusDemand } from '../../providers/sources/demand/prometheus';
import { readFleet } from '../../providers/sources/files/documents';
import { writeTree } from '../../providers/sources/files/write-tree';
import { shop } from './shop';

/** Where the quickstart finds its inputs, where it writes, and how it speaks. */
export interface Quickstart {
  /** Root of the repository. */
  readonly root: string;
  readonly out: string;
  readonly print: (text: string) => void;
}

/** Runs the quickstart: read, place, print, synthesize, write. */
export async function quickstart({ root, out, print }: Quickstart): Promise<void> {
  const folder = join(root, 'examples/quickstart');
  const app = parseEdgeApp(shop);
  const fleet = readFleet(join(folder, 'fleet.yaml'));
  const source = shop.demand.prometheus;
  // A recorded answer brings its own time; a server would be asked for the half hour before `now`.
  const { demand } = await readPrometheusDemand(source, { folder, now: '', environment: {} });

  const decision = place({ apps: [app], fleet, demand });
  print(decisionText(decision, { paint: plain, width: 100, fleetSize: fleet.clusters.length }));

  const bundle = synth(shop, fleet);
  const clusters = decision.apps[0]?.clusters ?? [];
  const files = clusters.map((cluster) =>
    clusterFiles(cluster.name, render(bundle, cluster, { decisionDigest: decision.digest })),
  );
  const { written, unchanged } = writeTree(out, Object.assign({}, ...files));
  const count = written.length + unchanged.length;
  const names = clusters.map(({ name }) => name).join(', ');
  print(`\n${count} manifests in ${relative(root, out)}/ for ${names}.\n`);
  print(nextSteps);
}

const documents = '--app examples/quickstart/shop.yaml --fleet examples/quickstart/fleet.yaml';
const nextSteps = `
Next:
  npx littoral explain jnb ${documents}
  npx littoral simulate ${documents} --lose cluster=fra
  npx littoral place ${documents} -o shop.lock.json
  npx littoral place ${documents} --check shop.lock.json
`;

if (require.main === module) {
  const root = process.cwd();
  const print = (text: string) => void process.stdout.write(text);
  quickstart({ root, out: join(root, 'out'), print }).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
