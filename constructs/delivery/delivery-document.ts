/** Delivery documents: parses how apps are delivered. */
import { type DocumentOptions, type DocumentSource, parseDocument } from '../parsing';
import { type DeliverySettings, deliverySchema } from './registry';

/** Parses a Delivery: a document, or a part of another one without `apiVersion` and `kind`. Throws EdgeErrors with every mistake. */
export function parseDelivery(
  source: DocumentSource,
  options: DocumentOptions = {},
): DeliverySettings {
  return parseDocument(
    { kind: 'Delivery', schema: deliverySchema, build: (value) => value },
    source,
    options,
  );
}
