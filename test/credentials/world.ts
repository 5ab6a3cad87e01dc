/** A world of token servers that fail as they are told: at the n-th thing that is asked of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type KubeContext, readContext } from '../../providers/clusters/auth/kubeconfig';
import { ClusterError } from '../../providers/clusters/errors';
import { tokenFacts } from '../../providers/credentials/credential';
import { switchUser } from '../../providers/credentials/kubeconfig-entry';
import type { RotationWorld } from '../../providers/credentials/rotate';
import type { TokenServer } from '../../providers/credentials/token-server';

const START = Date.parse('2026-11-30T12:00:00Z');
export const subject = 'system:serviceaccount:tools:littoral';
export const names = ['fra', 'iad', 'sin'];

export function tokenOf(secret: string, serial: number): string {
  const claims = {
    sub: subject,
    iat: START / 1000,
    exp: START / 1000 + 86_400,
    jti: `unguessable-${serial}`,
    'kubernetes.io': {
      namespace: 'tools',
      serviceaccount: { name: 'littoral' },
      secret: { name: secret, uid: `uid-of-${secret}` },
    },
  };
  return `eyJh.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature${serial}`;
}

/** The program was killed: nothing after it runs. */
export class Killed extends Error {}

export type Fault =
  | 'none'
  | 'refused'
  | 'lost answer'
  | 'silent'
  | 'killed before'
  | 'killed after';

export class World implements RotationWorld {
  /** By cluster: Secrets that are there, by name. */
  readonly servers = new Map<string, Set<string>>();
  #asked = 0;
  #serial = 0;

  constructor(
    readonly folder: string,
    readonly file: string,
    readonly faults: readonly Fault[],
    readonly down: ReadonlySet<string>,
  ) {}

  clock = () => START;
  suffix = () => String(++this.#serial).padStart(4, '0');
  contextOf = ({ name }: { readonly name: string }): KubeContext =>
    readContext({ name, access: { kubeconfig: this.file, context: name } }, this.folder);
  switchUser: RotationWorld['switchUser'] = (change) =>
    this.#faulty(change.context, () => switchUser(change));

  open: RotationWorld['open'] = async (cluster, given): Promise<TokenServer> => {
    const { name } = cluster;
    const { token } = (given ?? this.contextOf(cluster)).user;
    const ask = <T>(work: () => T) =>
      this.#faulty(name, async () => {
        const { boundTo } = tokenFacts(token ?? '');
        if (this.#secretsOf(name).has(boundTo?.name ?? '')) return work();
        throw refusal(name, `does not accept the credentials ${token}`);
      });
    return this.#faulty(name, async () => ({
      whoAmI: () => ask(() => subject),
      makeSecret: (_account, secret) =>
        ask(() => {
          this.#secretsOf(name).add(secret);
          return `uid-of-${secret}`;
        }),
      requestToken: (_account, secret) =>
        ask(() => ({
          token: tokenOf(secret.name, ++this.#serial),
          expiresAt: '2026-12-30T12:00:00Z',
        })),
      deleteSecret: (_namespace, secret) => ask(() => void this.#secretsOf(name).delete(secret)),
      close: () => undefined,
    }));
  };

  /** Whether the credential in the kubeconfig counts. */
  works(name: string): boolean {
    const { token } = this.contextOf({ name }).user;
    return this.#secretsOf(name).has(tokenFacts(token ?? '').boundTo?.name ?? '');
  }

  #secretsOf(name: string): Set<string> {
    const known = this.servers.get(name) ?? new Set();
    this.servers.set(name, known);
    return known;
  }

  async #faulty<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.down.has(name)) throw silent(name);
    const fault = this.faults[this.#asked++] ?? 'none';
    if (fault === 'refused') throw refusal(name, 'may not do that');
    if (fault === 'silent') throw silent(name);
    if (fault === 'killed before') throw new Killed();
    const result = await work();
    if (fault === 'lost answer') throw silent(name);
    if (fault === 'killed after') throw new Killed();
    return result;
  }
}

const refusal = (cluster: string, why: string) =>
  new ClusterError({ cluster, summary: `${cluster} ${why}`, remedy: 'Ask for it.' });
const silent = (cluster: string) =>
  new ClusterError({
    cluster,
    summary: `${cluster} does not answer`,
    remedy: 'Wait.',
    unreachable: true,
  });

let files = 0;
/** Three clusters, each with a token bound to a Secret of its own, in one kubeconfig below `folder`. */
export function worldWith(
  folder: string,
  faults: readonly Fault[],
  down: ReadonlySet<string> = new Set(),
): World {
  const file = join(folder, `kubeconfig-${++files}`);
  const first = (name: string) => `littoral-credential-littoral-first-${name}`;
  const users = names.map((name, index) => ({
    name: `user-${name}`,
    user: { token: tokenOf(first(name), -index) },
  }));
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: names.map((name) => ({ name, cluster: { server: `https://${name}.example` } })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: `user-${name}` } })),
    users,
  };
  writeFileSync(file, stringify(document), { mode: 0o600 });
  const world = new World(folder, file, faults, down);
  for (const name of names) world.servers.set(name, new Set([first(name)]));
  return world;
}
