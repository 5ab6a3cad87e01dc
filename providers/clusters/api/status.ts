/** What an API server says when it refuses (kind Status), turned into a sentence and a remedy for a person. */

import type { AccessSource } from '../auth/access-source';
import type { Redact } from '../auth/redaction';
import type { FieldConflict } from '../cluster';
import { ClusterError } from '../errors';

/** One detail of a refusal. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}
/** The part of a Status that is read. */
export interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
}
/** What was asked of whom. */
export interface RequestDescription {
  readonly cluster: string;
  /** As in "apply Deployment shop/web". */
  readonly verb: string;
  /** As in "Deployment shop/web". */
  readonly subject: string;
  readonly kind: string;
  readonly apiVersion: string;
}
/** A refusal. */
export interface Refusal {
  readonly httpStatus: number;
  readonly status: Status;
  readonly description: RequestDescription;
  readonly redact: Redact;
  readonly source: AccessSource;
}

/** The Status of a body; empty when the body is something else, such as a gateway's page. */
export function statusOf(body: unknown): Status {
  const isStatus = typeof body === 'object' && body !== null && 'kind' in body;
  return isStatus && body.kind === 'Status' ? (body as Status) : {};
}

/** Fields that other managers own; empty when the refusal is about something else. */
export function conflictsOf({ reason, details }: Status): readonly FieldConflict[] {
  if (reason !== 'Conflict') return [];
  return (details?.causes ?? [])
    .filter((cause) => cause.reason === 'FieldManagerConflict')
    .map(({ message, field }) => ({
      manager: /^conflict with "((?:[^"\\]|\\.)*)"/.exec(message ?? '')?.[1] ?? 'another manager',
      field: field ?? '',
    }));
}

type Text = readonly [summary: string, remedy: string];

/** Judges a refusal. The first row that knows it speaks. */
export function refusalError(refusal: Refusal): ClusterError {
  const { httpStatus, status, description, redact } = refusal;
  const reason = status.reason;
  const [summary, remedy] = rows.map((row) => row(refusal)).find((text) => text !== undefined) ?? [
    `${description.cluster} refused to ${description.verb} ${description.subject}: ${saidBy(refusal)}`,
    'Read what the server says and correct the object.',
  ];
  const immutable = reason === 'Invalid' ? immutableField(status) : undefined;
  const gateway = reason === undefined && [502, 503, 504].includes(httpStatus);
  const ours = /^(TooManyRequests|ServerTimeout|Timeout|ServiceUnavailable)$/.test(reason ?? '');
  return new ClusterError({
    cluster: description.cluster,
    status: httpStatus,
    ...(reason === undefined ? {} : { reason }),
    ...(immutable === undefined ? {} : { immutable }),
    invalid: reason === 'Invalid' || undeclaredIn(status) !== undefined,
    summary: redact(summary),
    remedy: redact(remedy),
    unreachable: gateway,
    retriable: gateway || ours || isMoment(status) || failingWebhook(status) !== undefined,
  });
}

/** True for the 500s of an etcd that has no leader right now, and for the 403 of admission that has just started. */
export function isMoment({ message }: Status): boolean {
  return /etcdserver: (request timed out|leader changed|no leader|too many requests)|not yet ready to handle request/.test(
    message ?? '',
  );
}

/** True when a precondition on the uid refused the request. */
export function isOtherObject({ message }: Status): boolean {
  return /UID in (the )?precondition/i.test(message ?? '');
}

const rows: readonly ((refusal: Refusal) => Text | undefined)[] = [
  ({ httpStatus, description, source }) =>
    httpStatus === 401
      ? [`${description.cluster} does not accept the credentials of ${source.whose}`, source.login]
      : undefined,
  namespaceTrouble,
  quota,
  podSecurity,
  deniedByWebhook,
  ({ status, description }) => {
    const webhook = failingWebhook(status);
    return webhook === undefined
      ? undefined
      : [
          `webhook ${webhook} of ${description.cluster} does not answer, so ${description.subject} cannot be stored`,
          'Wait until the pods of the webhook are ready, or remove its configuration.',
        ];
  },
  forbidden,
  noSuchKind,
  invalid,
  ({ httpStatus, description }) =>
    httpStatus === 429 || httpStatus === 503
      ? [
          `${description.cluster} is too busy to ${description.verb} ${description.subject} (${httpStatus})`,
          'Try again later.',
        ]
      : undefined,
];

/** What may be quoted: of Secrets nothing, because servers repeat values they refuse. */
function saidBy({ httpStatus, status, description }: Refusal): string {
  if (description.kind === 'Secret') return status.reason ?? `status ${httpStatus}`;
  return status.message || status.reason || `status ${httpStatus}`;
}

function namespaceTrouble({ httpStatus, status, description }: Refusal): Text | undefined {
  const terminating = status.details?.causes?.some(
    ({ reason }) => reason === 'NamespaceTerminating',
  );
  const name =
    /namespaces? "?([a-z0-9-]+)"? (?:not found|because it is being terminated)/.exec(
      status.message ?? '',
    )?.[1] ?? status.details?.name;
  if (terminating) {
    return [
      `namespace ${name} in ${description.cluster} is being deleted, so ${description.subject} cannot be created`,
      'Wait until it is gone, then apply again.',
    ];
  }
  if (httpStatus !== 404 || status.details?.kind !== 'namespaces') return undefined;
  return [
    `${description.cluster} has no namespace ${name} for ${description.subject}`,
    `Add a Namespace ${name} to what is applied, or create it.`,
  ];
}

function quota({ status, description }: Refusal): Text | undefined {
  const found = /exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+)$/.exec(
    status.message ?? '',
  );
  if (found === null) return undefined;
  const [, name, requested, used, limited] = found;
  return [
    `${description.subject} exceeds quota ${name} of ${description.cluster}: requested ${requested}, used ${used}, limit ${limited}`,
    `Raise ResourceQuota ${name}, or ask for less.`,
  ];
}

function podSecurity({ status, description }: Refusal): Text | undefined {
  const found = /violates PodSecurity "([^":]+):([^"]+)": ([\s\S]*)$/.exec(status.message ?? '');
  if (found === null) return undefined;
  const namespace = /^Pod ([^/]+)\//.exec(description.subject)?.[1];
  const [, profile, version, what] = found;
  return [
    `namespace ${namespace ?? ''} of ${description.cluster} holds pods to Pod Security ${profile} ${version}: ${what}`,
    'Ask for less, or have the namespace held to another profile.',
  ];
}

function deniedByWebhook(refusal: Refusal): Text | undefined {
  const { status, description } = refusal;
  const webhook = /admission webhook "([^"]+)" denied the request(?:: ?|)([\s\S]*)$/.exec(
    status.message ?? '',
  );
  const policy =
    /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: ([\s\S]*)$/.exec(
      status.message ?? '',
    );
  const [, name, text] = webhook ?? policy ?? [];
  if (name === undefined) return undefined;
  const what = webhook === null ? 'policy' : 'webhook';
  const why = description.kind === 'Secret' || !text ? '' : `: ${text.trim()}`;
  return [
    `${what} ${name} of ${description.cluster} refused ${description.subject}${why}`,
    `Correct the object, or ask who runs ${name}.`,
  ];
}

function failingWebhook({ message }: Status): string | undefined {
  return /failed calling webhook "([^"]+)"/.exec(message ?? '')?.[1];
}

function forbidden(refusal: Refusal): Text | undefined {
  const { httpStatus, status, description } = refusal;
  if (httpStatus !== 403) return undefined;
  const found =
    /User "([^"]*)" cannot (\S+) resource "([^"]+)"(?: in API group "([^"]*)")?(?: in the namespace "([^"]+)")?/.exec(
      status.message ?? '',
    );
  if (found === null) {
    return [
      `${description.cluster} forbids to ${description.verb} ${description.subject}: ${saidBy(refusal)}`,
      'Change the object, or the rule that forbids it.',
    ];
  }
  const [, user, verb, resource, group, namespace] = found;
  const full = group ? `${resource}.${group}` : resource;
  const where = namespace === undefined ? 'anywhere in' : `in namespace ${namespace} of`;
  const role = namespace === undefined ? 'ClusterRole' : `Role in ${namespace}`;
  return [
    `user ${user} may not ${verb} ${full} ${where} ${description.cluster}, needed for ${description.subject}`,
    `Bind ${user} to a ${role} that allows ${verb} on ${full}, or use other credentials.`,
  ];
}

function noSuchKind({ httpStatus, status, description }: Refusal): Text | undefined {
  const named = status.details?.name !== undefined && status.details.name !== '';
  return httpStatus === 404 && !named ? unknownKind(description) : undefined;
}

/** For a kind that the server does not serve. */
export function unknownKind({ cluster, kind, apiVersion, subject }: RequestDescription): Text {
  const custom = apiVersion.includes('.') && !/\.k8s\.io\//.test(apiVersion);
  return [
    `${cluster} does not know kind ${kind} of ${apiVersion}, needed for ${subject}`,
    custom
      ? `Install the CustomResourceDefinition of ${kind} first.`
      : 'Write an apiVersion that this version of Kubernetes serves.',
  ];
}

function invalid(refusal: Refusal): Text | undefined {
  const { status, description } = refusal;
  const undeclared = undeclaredIn(status);
  if (undeclared !== undefined) {
    const what = description.kind === 'Secret' ? fieldOf(undeclared) : undeclared;
    const remedy = /duplicate entries/.test(undeclared)
      ? 'Keep one of the entries.'
      : 'Correct the name or the type.';
    return [`${description.cluster} refused ${description.subject}: ${what}`, remedy];
  }
  if (status.reason !== 'Invalid') return undefined;
  const causes = status.details?.causes ?? [];
  const texts = causes
    .slice(0, 5)
    .map(({ field, message, reason }) =>
      description.kind === 'Secret' ? `${field}: ${reason}` : `${field}: ${shortened(message)}`,
    );
  const more = causes.length > 5 ? ` and ${causes.length - 5} more` : '';
  const what = texts.length === 0 ? saidBy(refusal) : `${texts.join('; ')}${more}`;
  const remedy = invalidRemedy(description, causes, immutableField(status));
  return [`${description.cluster} refused ${description.subject}: ${what}`, remedy];
}

/** What does not fit the schema of its kind; undefined when everything does. */
function undeclaredIn({ message = '' }: Status): string | undefined {
  return /failed to create typed patch object.*?: (\.[\s\S]+)$/.exec(message)?.[1];
}

/** The reason without the value, where that is a whole part of the object. */
function shortened(message = ''): string {
  const end = Math.max(message.lastIndexOf('}: '), message.lastIndexOf('": '));
  return message.length <= mostCharacters || end < 0 ? message : message.slice(end + 3);
}

const mostCharacters = 160;

/** The field that cannot be changed once it is set; undefined when the refusal is about something else. */
function immutableField({ message = '', details }: Status): string | undefined {
  const pattern =
    /immutable|may not (be )?change|cannot (be )?change|may not be updated|updates to .* are forbidden/i;
  const cause = details?.causes?.find((one) => pattern.test(one.message ?? ''));
  return cause?.field ?? (pattern.test(message) ? 'a field' : undefined);
}

function fieldOf(text: string): string {
  return /^[.\w[\]"=-]+/.exec(text)?.[0] ?? 'a field';
}

function invalidRemedy(
  { subject }: RequestDescription,
  causes: readonly StatusCause[],
  immutable: string | undefined,
): string {
  if (immutable !== undefined) {
    return `Keep ${immutable} as it is, or allow ${subject} to be deleted and made anew: annotate it with littoral.dev/replace: "true".`;
  }
  const long = causes.find(({ message }) => /must be no more than/.test(message ?? ''));
  if (long !== undefined) return `Shorten ${long.field}.`;
  const [first] = causes;
  return first?.field ? `Correct ${first.field}.` : 'Correct the object.';
}
