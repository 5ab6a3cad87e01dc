/** HCL words: texts about documents with every key as HCL writes it, for people who wrote HCL. */
import type { Path } from '../protocol/provider';
import { snakeCase } from '../protocol/snake-case';
import type { Shape } from '../schema/shape';
import { inHclWords } from '../schema/values';
import shapes from '../shapes.json';

/** Arguments of data sources and resources that no document has. */
const own = [
  'allowMissing',
  'allowUnsatisfied',
  'deadlineSeconds',
  'requestTimeoutSeconds',
  'stretchBelowRequestsPerSecond',
];
const everything: Shape = {
  kind: 'object',
  members: [
    ...Object.entries(shapes).map(([key, shape]) => [key, shape as Shape] as const),
    ...own.map((key) => [key, { kind: 'text' }] as const),
  ].map(([key, shape]) => ({
    key,
    name: snakeCase(key),
    required: false,
    description: '',
    shape,
  })),
};
/** What holds documents, which have keys of their own spelling, and names of guards, which are values. */
const asWritten = [
  'documents',
  'document',
  'bundle',
  'fleet',
  'demands',
  'decision',
  'lock',
  'allow',
];

/** The text of an error at `attribute` in HCL's names. An error in a file, or in a text that holds a document, keeps the names of the document. */
export function hclWordsAt(attribute: Path, file: string | undefined, text: string): string {
  const isDocument = file !== undefined || asWritten.includes(String(attribute[0]));
  return isDocument ? text : inHclWords(everything, text);
}
