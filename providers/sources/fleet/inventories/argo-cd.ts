/** Argo CD: Secrets with the label argocd.argoproj.io/secret-type: cluster. The address is the key; several Secrets of one are one cluster. */
import { member, text } from './hub-object';
import type { Inventory } from './inventory';
import { placeIn } from './listed';

/** The inventory of Argo CD. */
export const argoCd: Inventory = {
  title: 'cluster Secret of Argo CD',
  doc: 'Cluster Secrets of Argo CD: name, address, labels. They say nothing about health or room, so that each cluster is asked itself, with the credential of its Secret.',
  lists: [{ groupVersion: 'v1', plural: 'secrets' }],
  namespaced: true,
  labelSelector: 'argocd.argoproj.io/secret-type=cluster',
  read: (object) => {
    const { metadata } = object;
    const decoded = (key: string) =>
      text(Buffer.from(text(member(object.data, key)) ?? '', 'base64').toString('utf8'));
    const server = decoded('server');
    const { place, warnings } = placeIn(object);
    const isFrozen = metadata.annotations?.['argocd.argoproj.io/skip-reconcile'] === 'true';
    const why = 'argocd.argoproj.io/skip-reconcile freezes it';
    return {
      name: decoded('name') ?? metadata.name,
      place,
      labels: withoutOwn(metadata.labels ?? {}),
      ...(isFrozen ? { health: { state: 'cordoned', why } as const } : {}),
      ...(server === undefined ? {} : { server }),
      secret: `${metadata.namespace ?? 'default'}/${metadata.name}`,
      warnings,
    };
  },
};

function withoutOwn(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => key !== 'argocd.argoproj.io/secret-type'),
  );
}
