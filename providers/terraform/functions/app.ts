/** Function app: an EdgeApp document that HCL can read from and change. */
import type { ProviderFunction, Value } from '../protocol/provider';

/** The function `app`. */
export const app: ProviderFunction = {
  summary: 'Reads an EdgeApp document',
  description:
    'Reads an EdgeApp document, YAML or JSON, and refuses what a placement would refuse. The object has the keys of the document, for `documents` of a `littoral_placement`, also changed by `merge`.',
  parameters: [
    {
      name: 'document',
      type: 'string',
      description: 'The text of the document, such as `file("shop.yaml")`.',
    },
  ],
  returns: 'dynamic',
  call: ([document]) => {
    const { edgeAppDocument, parseEdgeApp } =
      require('../../../constructs/policy') as typeof import('../../../constructs/policy');
    const plain = JSON.stringify(edgeAppDocument(parseEdgeApp(document as string)));
    return JSON.parse(plain) as Value;
  },
};
