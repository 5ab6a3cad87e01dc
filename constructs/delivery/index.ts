/** Public interface of this folder: what engines of delivery get for a decision, and what they tell. */

export { contentOf, isLeftBehind, secretsIn } from './content';
export { type Delivered, type Delivery, deliver, targetOf } from './deliver';
export { parseDelivery } from './delivery-document';
export type { DeliveryReadiness, Engine, Target } from './engine';
export {
  type DeliveryFiles,
  deliveryFiles,
  hubFolder,
  type Leaving,
  type LeavingPair,
  leavings,
} from './files';
export {
  APP_LABEL,
  annotationOf,
  CLUSTER_LABEL,
  CLUSTER_UID,
  hubName,
  labelOf,
} from './hub-object';
export {
  type DeliveryInput,
  type DeliverySettings,
  deliverySchema,
  type EngineName,
  engineNames,
  engineOf,
} from './registry';
