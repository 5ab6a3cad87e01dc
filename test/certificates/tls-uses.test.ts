/** Which Secrets a release terminates TLS with, from its objects alone. */
import { tlsUses } from '../../constructs/certificates';
import { synth } from '../../constructs/kubernetes/synth';
import type { Manifest } from '../../constructs/model/app/workload';

const objectsOf = (exposure: object): readonly Manifest[] =>
  synth({
    name: 'shop',
    workload: {
      image: 'shop:1',
      port: 8080,
      resources: { cpuMillicores: 100, memoryMebibytes: 128 },
      requestsPerSecondPerReplica: 50,
    },
    exposure: {
      hosts: ['shop.example.com', '*.shop.example.com'],
      dns: { system: 'powerdns-lua' },
      gateway: { class: 'edge' },
      ...exposure,
    },
  }).objects.map(({ manifest }) => manifest);

const hosts = ['*.shop.example.com', 'shop.example.com'];

describe('TLS of a release', () => {
  it('is terminated by a Gateway or an Ingress, with a Secret that somebody else makes', () => {
    const tls = { secret: 'mine' };
    const use = { secret: 'mine', namespace: 'shop', hosts };
    expect(tlsUses(objectsOf({ tls }), 'shop')).toEqual([{ ...use, users: ['Gateway/shop'] }]);
    const gateway = { kind: 'Ingress', class: 'edge' };
    expect(tlsUses(objectsOf({ tls, gateway }), 'shop')).toEqual([
      { ...use, users: ['Ingress/shop'] },
    ]);
  });

  it('is terminated with the Secret of a Certificate among the objects', () => {
    const tls = { issuer: { name: 'ca' } };
    expect(tlsUses(objectsOf({ tls }), 'shop')).toEqual([
      {
        secret: 'shop-tls',
        namespace: 'shop',
        hosts,
        users: ['Gateway/shop'],
        certificate: 'shop-tls',
      },
    ]);
  });

  it('is read from objects of any origin: other namespaces, listeners without a host, nothing at all', () => {
    const gateway = (listeners: readonly object[]) =>
      ({
        apiVersion: 'gateway.networking.k8s.io/v1beta1',
        kind: 'Gateway',
        metadata: { name: 'edge' },
        spec: { listeners },
      }) as unknown as Manifest;
    const ref = (name: string, more: object = {}) => ({ certificateRefs: [{ name, ...more }] });
    const listeners = [
      { hostname: 'a.example', tls: ref('x', { namespace: 'certs' }) },
      { tls: ref('x', { namespace: 'certs' }) },
      { hostname: 'b.example', tls: { mode: 'Passthrough', ...ref('y') } },
      { hostname: 'c.example', tls: ref('z', { kind: 'Bundle' }) },
      { hostname: 'd.example' },
    ];
    expect(tlsUses([gateway(listeners)], 'home')).toEqual([
      { secret: 'x', namespace: 'certs', hosts: ['a.example'], users: ['Gateway/edge'] },
    ]);
    expect(tlsUses(objectsOf({}), 'shop')).toEqual([]);
  });
});

describe('a certificate for each cluster', () => {
  const certificateOf = (issuer: object) => {
    const objects = synth({
      name: 'shop',
      workload: {
        image: 'shop:1',
        port: 8080,
        resources: { cpuMillicores: 100, memoryMebibytes: 128 },
        requestsPerSecondPerReplica: 50,
      },
      exposure: {
        hosts,
        dns: { system: 'powerdns-lua' },
        gateway: { class: 'edge' },
        tls: { issuer: { name: 'acme', ...issuer } },
      },
    }).objects;
    return objects.find(({ manifest }) => manifest.kind === 'Certificate');
  };

  it('says whose limits count', () => {
    const authority = (issuer: object) =>
      (
        certificateOf(issuer)?.manifest.metadata.annotations as Record<string, string> | undefined
      )?.['littoral.dev/certificate-authority'];
    expect(authority({})).toBe('letsencrypt');
    expect(authority({ challenge: 'dns01', authority: 'other' })).toBe('other');
    expect(authority({ challenge: 'none' })).toBe('other');
  });

  it('has the name of its cluster where names are to differ, which no wildcard of the hosts covers', () => {
    expect(certificateOf({ names: 'perCluster' })).toMatchObject({
      manifest: { spec: { dnsNames: [...hosts, null] } },
      slots: [
        { pointer: '/spec/dnsNames/2', text: [{ value: 'cluster' }, '.cluster.shop.example.com'] },
      ],
    });
    expect(certificateOf({})?.slots).toBeUndefined();
  });
});
