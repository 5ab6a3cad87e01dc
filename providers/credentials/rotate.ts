/** Rotate: a new token is made, proved, put into the kubeconfig and proved again, and only then the old one ends; whatever fails, the cluster keeps one that works. */
import { edgeErrorsOf } from '../../constructs/parsing';
import type { Reachable } from '../clusters/api/way';
import type { KubeContext } from '../clusters/auth/kubeconfig';
import { ClusterError, isUnreachable } from '../clusters/errors';
import { type Credential, credentialOf } from './credential';
import type { Switch } from './kubeconfig-entry';
import type { Account, IssuedToken, TokenServer } from './token-server';

/** What rotation needs from outside. */
export interface RotationWorld {
  /** The context of a cluster as its kubeconfig has it now. Throws a ClusterError. */
  readonly contextOf: (cluster: Reachable) => KubeContext;
  /** Asks as the kubeconfig says, or by another context. Throws a ClusterError. */
  readonly open: (cluster: Reachable, context?: KubeContext) => Promise<TokenServer>;
  /** Lets a context name another user. Throws an EdgeError. */
  readonly switchUser: (change: Switch) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Some letters and digits that no other run has. */
  readonly suffix: () => string;
}

/** How to rotate. */
export interface RotationOptions {
  /** Whose token is made. Default: of the ServiceAccount whose token is there now. */
  readonly account?: Account;
  /** How long the token is to count; servers may shorten it. At least 600. */
  readonly seconds: number;
}

/** What came of one cluster. */
export interface Rotation {
  readonly cluster: string;
  /** `kept`: what was there is there still, and counts; `unreachable`: so too, for the cluster is silent. */
  readonly ending: 'rotated' | 'kept' | 'unreachable';
  /** Why it was kept, or what is left to do. */
  readonly reason?: string;
  /** Who asks from now on. */
  readonly subject?: string;
  readonly expiresAt?: string;
  /** What ended, and what was left behind: `Secret NAMESPACE/NAME`. */
  readonly revoked?: string;
  readonly leftover?: string;
}

/** Begins the names of Secrets that tokens are bound to; others are not ours to delete. */
const prefix = 'littoral-credential-';

/** Rotates the credential of one cluster. Rejects only for what is no failure of a cluster or a file. */
export async function rotate(
  cluster: Reachable,
  options: RotationOptions,
  world: RotationWorld,
): Promise<Rotation> {
  const secrets: string[] = [];
  const kept = (reason: string): Rotation => ({ cluster: cluster.name, ending: 'kept', reason });
  try {
    const context = world.contextOf(cluster);
    const old = credentialOf(context);
    if (context.user.token) secrets.push(context.user.token);
    const account = options.account ?? old.serviceAccount;
    const fixed = whyNot(old, cluster);
    if (fixed !== undefined) return kept(fixed);
    if (account === undefined) return kept(unknownAccount(old));
    const run = new Run(cluster, context, old, account, world, secrets);
    return hidden(await run.carryOut(options.seconds), secrets);
  } catch (thrown) {
    const [first] = edgeErrorsOf(thrown) ?? [];
    if (first === undefined) throw thrown;
    const reason = `${first.summary}. ${first.remedy}`;
    const ending = isUnreachable(thrown) ? 'unreachable' : 'kept';
    const { leftover } = thrown as { readonly leftover?: string };
    const more = leftover === undefined ? {} : { leftover };
    return hidden({ cluster: cluster.name, ending, reason, ...more }, secrets);
  }
}

/** One rotation, with what it has made so far. */
class Run {
  constructor(
    readonly cluster: Reachable,
    readonly context: KubeContext,
    readonly old: Credential,
    readonly account: Account,
    readonly world: RotationWorld,
    readonly secrets: string[],
  ) {}

  async carryOut(seconds: number): Promise<Rotation> {
    const { world, cluster, account } = this;
    const time = new Date(world.clock())
      .toISOString()
      .replace(/[-:]|\.\d+/g, '')
      .toLowerCase();
    const name = `${prefix}${account.name.slice(0, 200)}-${time}-${world.suffix()}`;
    const server = await world.open(cluster);
    try {
      const issued = await this.#make(server, name, seconds).catch((thrown: unknown) =>
        this.#undo(server, name, thrown),
      );
      return await this.#end(issued);
    } finally {
      server.close();
    }
  }

  /** Until the kubeconfig names the new token, everything can be taken back. */
  async #make(server: TokenServer, name: string, seconds: number): Promise<IssuedToken> {
    const { account, context, world } = this;
    const uid = await server.makeSecret(account, name);
    const issued = await server.requestToken(account, { name, uid }, seconds);
    this.secrets.push(issued.token);
    await this.#prove(this.#contextWith(issued.token));
    const change: Switch = {
      file: context.file,
      context: this.cluster.access?.context ?? '',
      from: this.#userName,
      to: name,
      user: this.#userWith(issued.token),
      keepsOld: this.old.kind !== 'token',
    };
    await world.switchUser(change).catch((thrown: unknown) => {
      // The file may have been written all the same.
      if (!this.#isSwitched(issued.token)) throw thrown;
    });
    return issued;
  }

  /** From here on nothing is taken back: the new token counts, and the old one until it is ended. */
  async #end({ expiresAt }: IssuedToken): Promise<Rotation> {
    const { cluster, old, world } = this;
    const done: Rotation = {
      cluster: cluster.name,
      ending: 'rotated',
      subject: this.#subject,
      expiresAt,
    };
    const { boundTo, kind } = old;
    if (kind !== 'token' || boundTo?.name.startsWith(prefix) !== true) {
      return withReason(done, staysValid(old));
    }
    const where = `Secret ${boundTo.namespace}/${boundTo.name}`;
    try {
      const token = world.contextOf(cluster).user.token ?? '';
      const server = await world.open(cluster, this.#contextWith(token));
      try {
        await this.#isOurs(server);
        await server.deleteSecret(boundTo.namespace, boundTo.name, boundTo.uid);
      } finally {
        server.close();
      }
      return { ...done, revoked: where };
    } catch (thrown) {
      const reason = `the old token still counts: ${sentenceOf(thrown)}`;
      return { ...done, reason, leftover: where };
    }
  }

  /** Ends what was made; the error goes on, with what could not be ended. */
  async #undo(server: TokenServer, name: string, thrown: unknown): Promise<never> {
    const { namespace } = this.account;
    try {
      await server.deleteSecret(namespace, name);
    } catch (cause) {
      // Rethrows what is no failure of a cluster.
      sentenceOf(cause);
      if (typeof thrown === 'object' && thrown !== null) {
        Object.assign(thrown, { leftover: `Secret ${namespace}/${name}` });
      }
    }
    throw thrown;
  }

  async #prove(context: KubeContext): Promise<void> {
    const server = await this.world.open(this.cluster, context);
    try {
      await this.#isOurs(server);
    } finally {
      server.close();
    }
  }

  async #isOurs(server: TokenServer): Promise<void> {
    const who = await server.whoAmI();
    if (who !== this.#subject) throw wrongSubject(this.cluster.name, who, this.#subject);
  }

  #isSwitched(token: string): boolean {
    return this.world.contextOf(this.cluster).user.token === token;
  }

  get #subject(): string {
    return `system:serviceaccount:${this.account.namespace}:${this.account.name}`;
  }

  get #userName(): string | undefined {
    return this.context.userName;
  }

  /** A whole credential: nothing of the old one stays beside it but whom it acts as. */
  #userWith(token: string): KubeContext['user'] {
    const { user } = this.context;
    const as = Object.entries(user).filter(([key]) => /^as(-uid|-groups|-user-extra)?$/.test(key));
    return { token, ...Object.fromEntries(as) };
  }

  /** Asked who it is, and not whom it acts as. */
  #contextWith(token: string): KubeContext {
    return { ...this.context, user: { token } };
  }
}

function withReason(rotation: Rotation, reason: string | undefined): Rotation {
  return reason === undefined ? rotation : { ...rotation, reason };
}

function wrongSubject(cluster: string, who: string, wanted: string): ClusterError {
  return new ClusterError({
    cluster,
    summary: `${cluster} takes the new token for ${who === '' ? 'nobody' : who}, not ${wanted}`,
    remedy: 'Look at how its API server authenticates.',
  });
}

/** Why it is not ours to renew; undefined where it is. */
function whyNot({ kind }: Credential, { access }: Reachable): string | undefined {
  if (access?.secret !== undefined)
    return 'a Secret of the hub says how it is reached: rotate it there';
  if (kind === 'program') return 'its program makes credentials anew whenever they are needed';
  if (kind === 'auth-provider') return 'its auth-provider makes credentials anew';
  if (kind === 'token file') return 'whoever writes the file of the token renews it';
  return undefined;
}

function unknownAccount({ kind }: Credential): string {
  const what = kind === 'none' ? 'it has no credential' : `its ${kind} is not of a ServiceAccount`;
  return `${what}; name the ServiceAccount whose token is to take its place`;
}

function staysValid({ kind, expiresAt, boundTo }: Credential): string | undefined {
  if (kind === 'none') return undefined;
  const until = expiresAt === undefined ? 'it does not say until when' : `until ${expiresAt}`;
  const by =
    boundTo === undefined ? '' : ` while the Secret ${boundTo.namespace}/${boundTo.name} is there`;
  return `the old ${kind} cannot be ended here and still counts${by}, ${until}`;
}

/** An error of a cluster or a file in words; rethrows anything else. */
function sentenceOf(thrown: unknown): string {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) throw thrown;
  return errors.map(({ summary, remedy }) => `${summary}. ${remedy}`).join(' ');
}

/** No text has a token, whoever wrote it. */
function hidden(rotation: Rotation, secrets: readonly string[]): Rotation {
  const { reason } = rotation;
  if (reason === undefined) return rotation;
  const clean = secrets.reduce((text, secret) => text.replaceAll(secret, '[hidden]'), reason);
  return { ...rotation, reason: clean };
}
