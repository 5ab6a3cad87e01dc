/** external-dns for a testbed: built from its Go module, it reads DNSEndpoints of one cluster and writes a PowerDNS. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { TestCluster } from './cluster';
import {
  buildMissing,
  builtPath,
  type GoModule,
  moduleFolder,
  onStandardError,
  whyNoGo,
} from './go-builds';
import { apiKey, type PowerDns, zone } from './powerdns';
import { type Engine, startEngine, until } from './process';

const modules: readonly GoModule<'external-dns'>[] = [
  {
    name: 'external-dns',
    module: 'sigs.k8s.io/external-dns',
    version: 'v0.22.0',
    packages: { 'external-dns': '.' },
    main: 'test/testbed/external-dns/main.go',
    goVersion: '1.26.6',
    // The versions that it names are not served.
    replaces: [
      'github.com/openshift/api => github.com/openshift/api v0.0.0-20260318185450-1f2fa3f09f4e',
      'github.com/openshift/client-go => github.com/openshift/client-go v0.0.0-20260320040014-4b5fc2cdad98',
    ],
  },
];

/** Why external-dns cannot be run, or undefined when it is built: that takes minutes, too long for every run of the tests. */
export function whyNoExternalDns(): string | undefined {
  if (existsSync(builtPath(modules, 'external-dns'))) return undefined;
  const how = whyNoGo() ?? '`npm run testbed -- --build-external-dns` builds it';
  return `external-dns is not built: ${how}`;
}

/** Builds it where it is missing: two to five minutes of processor time, once for a machine. */
export function buildExternalDns(progress = onStandardError): Promise<void> {
  return buildMissing(modules, ['external-dns'], progress);
}

/** Puts the definition of DNSEndpoint into a cluster, and waits until it is served. */
export async function serveDnsEndpoints(cluster: TestCluster): Promise<void> {
  const folder = join(await moduleFolder(modules, 'external-dns'), 'config', 'crd', 'standard');
  const definition = readFileSync(join(folder, 'dnsendpoints.externaldns.k8s.io.yaml'), 'utf8');
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const { status, body } = await cluster.ask('POST', path, parse(definition));
  if (status >= 300) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
  const objects = '/apis/externaldns.k8s.io/v1alpha1/dnsendpoints';
  await until(async () => (await cluster.ask('GET', objects)).status === 200);
}

/** How it treats what it finds. */
export interface ExternalDnsOptions {
  /** Whose records it writes, by the TXT records beside them. */
  readonly owner: string;
  /** `sync` deletes what no object says any longer; `upsert-only` deletes nothing. */
  readonly policy: 'sync' | 'upsert-only';
}

/** Runs it on the DNSEndpoints of a cluster; it looks every second. */
export function startExternalDns(
  cluster: TestCluster,
  { url }: PowerDns,
  { owner, policy }: ExternalDnsOptions,
): Promise<Engine> {
  const settings = [
    `--kubeconfig=${cluster.kubeconfig}`,
    '--source=crd',
    '--provider=pdns',
    `--pdns-server=${url}`,
    `--domain-filter=${zone}`,
    `--policy=${policy}`,
    '--registry=txt',
    `--txt-owner-id=${owner}`,
    '--txt-prefix=own-',
    // Else the name of its record beside a wildcard would have the star within a label.
    '--txt-wildcard-replacement=any',
    '--interval=1s',
  ];
  const env = { EXTERNAL_DNS_PDNS_API_KEY: apiKey };
  return startEngine(builtPath(modules, 'external-dns'), settings, async () => true, { env });
}
