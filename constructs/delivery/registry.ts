/** Registry: the engines that deliver, and the settings of each. */
import { z } from '../parsing';
import { argocd, argocdSchema } from './argocd';
import { directories, directoriesSchema } from './directories';
import type { Engine } from './engine';
import { flux, fluxSchema } from './flux';
import { karmada, karmadaSchema } from './karmada';
import { kubefleet, kubefleetSchema } from './kubefleet';
import { ocm, ocmSchema } from './ocm';

/** How an app is delivered: by which engine, and with which settings of it. */
export const deliverySchema = z.discriminatedUnion('engine', [
  fluxSchema,
  argocdSchema,
  ocmSchema,
  karmadaSchema,
  kubefleetSchema,
  directoriesSchema,
]);

/** Parsed settings of an engine. */
export type DeliverySettings = z.output<typeof deliverySchema>;
/** Settings as they are written. */
export type DeliveryInput = z.input<typeof deliverySchema>;
/** The name of an engine. */
export type EngineName = DeliverySettings['engine'];

/** Names of the engines, in the order of the documentation. */
export const engineNames = [
  'flux',
  'argocd',
  'ocm',
  'karmada',
  'kubefleet',
  'directories',
] as const satisfies readonly EngineName[];

/** The engine that settings ask for. */
export function engineOf(settings: DeliverySettings): Engine {
  switch (settings.engine) {
    case 'flux':
      return flux(settings);
    case 'argocd':
      return argocd(settings);
    case 'ocm':
      return ocm(settings);
    case 'karmada':
      return karmada(settings);
    case 'kubefleet':
      return kubefleet(settings);
    case 'directories':
      return directories();
  }
}
