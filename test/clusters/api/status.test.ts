/** What refusals of API servers say to a person: texts of real servers, one by one. */

import {
  conflictsOf,
  refusalError,
  type Status,
  statusOf,
} from '../../../providers/clusters/api/status';
import { sourceOfContext } from '../../../providers/clusters/auth/access-source';
import { redacting } from '../../../providers/clusters/auth/redaction';

const asked = {
  cluster: 'fra',
  verb: 'apply',
  subject: 'Deployment shop/web',
  kind: 'Deployment',
  apiVersion: 'apps/v1',
};
const secret = { ...asked, subject: 'Secret shop/web', kind: 'Secret', apiVersion: 'v1' };
const redact = redacting(() => ['planted-token']);
const source = sourceOfContext('fra');
const say = (httpStatus: number, status: Status, who = asked): string => {
  const { summary, remedy } = refusalError({
    httpStatus,
    status,
    description: who,
    redact,
    source,
  });
  return `${summary} | ${remedy}`;
};

const rows: readonly (readonly [what: string, httpStatus: number, status: Status, text: string])[] =
  [
    [
      'a verb that a role does not allow',
      403,
      {
        reason: 'Forbidden',
        message:
          'deployments.apps "web" is forbidden: User "jane" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
        details: { name: 'web', kind: 'deployments' },
      },
      'user jane may not patch deployments.apps in namespace shop of fra, needed for Deployment shop/web | Bind jane to a Role in shop that allows patch on deployments.apps, or use other credentials.',
    ],
    [
      'a verb outside namespaces',
      403,
      {
        reason: 'Forbidden',
        message:
          'namespaces "shop" is forbidden: User "jane" cannot patch resource "namespaces" in API group "" at the cluster scope',
      },
      'user jane may not patch namespaces anywhere in fra, needed for Deployment shop/web | Bind jane to a ClusterRole that allows patch on namespaces, or use other credentials.',
    ],
    [
      'a quota',
      403,
      {
        reason: 'Forbidden',
        message:
          'pods "web" is forbidden: exceeded quota: compute, requested: limits.cpu=2,pods=1, used: limits.cpu=3,pods=1, limited: limits.cpu=4,pods=1',
      },
      'Deployment shop/web exceeds quota compute of fra: requested limits.cpu=2,pods=1, used limits.cpu=3,pods=1, limit limits.cpu=4,pods=1 | Raise ResourceQuota compute, or ask for less.',
    ],
    [
      'a webhook that denies',
      403,
      {
        reason: 'Forbidden',
        message: 'admission webhook "policy.example.com" denied the request: no latest tags',
      },
      'webhook policy.example.com of fra refused Deployment shop/web: no latest tags | Correct the object, or ask who runs policy.example.com.',
    ],
    [
      'an admission policy that denies',
      422,
      {
        reason: 'Invalid',
        message: `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'all' denied request: at most 5`,
      },
      'policy few of fra refused Deployment shop/web: at most 5 | Correct the object, or ask who runs few.',
    ],
    [
      'a webhook that is down',
      500,
      {
        reason: 'InternalError',
        message:
          'Internal error occurred: failed calling webhook "mutate.example.com": failed to call webhook: Post "https://x": no endpoints available',
      },
      'webhook mutate.example.com of fra does not answer, so Deployment shop/web cannot be stored | Wait until the pods of the webhook are ready, or remove its configuration.',
    ],
    [
      'a namespace that is not there',
      404,
      {
        reason: 'NotFound',
        message: 'namespaces "shop" not found',
        details: { name: 'shop', kind: 'namespaces' },
      },
      'fra has no namespace shop for Deployment shop/web | Add a Namespace shop to what is applied, or create it.',
    ],
    [
      'a namespace that is going',
      403,
      {
        reason: 'Forbidden',
        message:
          'deployments.apps "web" is forbidden: unable to create new content in namespace shop because it is being terminated',
        details: {
          name: 'web',
          causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }],
        },
      },
      'namespace shop in fra is being deleted, so Deployment shop/web cannot be created | Wait until it is gone, then apply again.',
    ],
    [
      'a kind that is not served',
      404,
      {
        reason: 'NotFound',
        message: 'the server could not find the requested resource',
        details: {},
      },
      'fra does not know kind Deployment of apps/v1, needed for Deployment shop/web | Write an apiVersion that this version of Kubernetes serves.',
    ],
    [
      'fields that are wrong',
      422,
      {
        reason: 'Invalid',
        details: {
          causes: [
            { field: 'spec.replicas', message: 'Invalid value: -1: must be at least 0' },
            { field: 'spec.template', message: 'Required value' },
          ],
        },
      },
      'fra refused Deployment shop/web: spec.replicas: Invalid value: -1: must be at least 0; spec.template: Required value | Correct spec.replicas.',
    ],
    [
      'credentials that are not accepted',
      401,
      { reason: 'Unauthorized', message: 'Unauthorized' },
      'fra does not accept the credentials of context fra | Log in again with the tool that wrote the context.',
    ],
    [
      'something nobody has thought of',
      418,
      { reason: 'Teapot', message: 'short and stout' },
      'fra refused to apply Deployment shop/web: short and stout | Read what the server says and correct the object.',
    ],
  ];

it.each(rows)('says %s', (_, httpStatus, status, text) => {
  expect(say(httpStatus, status)).toBe(text);
});

it.each([
  [
    422,
    {
      reason: 'Invalid',
      message: 'data: hunter2',
      details: {
        causes: [
          { field: 'data[a]', reason: 'FieldValueInvalid', message: 'Invalid value: "hunter2"' },
        ],
      },
    },
  ],
  [
    500,
    {
      reason: 'InternalError',
      message: 'failed to create typed patch object (a): .data.a: expected string, got hunter2',
    },
  ],
  [
    403,
    {
      reason: 'Forbidden',
      message: 'admission webhook "w.dev" denied the request: hunter2 is weak',
    },
  ],
  [403, { reason: 'Forbidden', message: 'secrets is forbidden: hunter2' }],
  [400, { reason: 'BadRequest', message: 'cannot decode hunter2' }],
])('never repeats what a server says about the content of a Secret (%i)', (code, status) => {
  const text = say(code, status, secret);
  expect(text).toContain('Secret shop/web');
  expect(text).not.toContain('hunter2');
});

it('hides tokens, keys and what a terminal would obey', () => {
  const jwt = `eyJ${'a'.repeat(20)}.${'b'.repeat(20)}.${'c'.repeat(20)}`;
  const pem = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----';
  const message = `planted-token Bearer abcdefgh1234 ${jwt} ${pem} \u001b[31mred${'x'.repeat(5000)}`;
  const text = say(418, { reason: 'Teapot', message });
  expect(text).not.toMatch(/planted|abcdefgh|aaaa|bbbb|MHcC/);
  expect(text).not.toContain('\u001b');
  expect(text).toContain('***');
  expect(text.length).toBeLessThan(1500);
});

it('reads conflicts: who owns which field', () => {
  const causes = [
    {
      reason: 'FieldManagerConflict',
      message: 'conflict with "kubectl" using apps/v1',
      field: '.spec.replicas',
    },
    {
      reason: 'FieldManagerConflict',
      message: 'conflict with "hpa" with subresource "scale" using apps/v1',
      field: '.spec.x',
    },
  ];
  expect(conflictsOf({ reason: 'Conflict', details: { causes } })).toEqual([
    { manager: 'kubectl', field: '.spec.replicas' },
    { manager: 'hpa', field: '.spec.x' },
  ]);
  expect(conflictsOf({ reason: 'Conflict', message: 'the object has been modified' })).toEqual([]);
});

it('takes only a Status for a Status', () => {
  for (const body of [undefined, null, 'text', [], { kind: 'Secret', message: 'hunter2' }]) {
    expect(statusOf(body)).toEqual({});
  }
});
