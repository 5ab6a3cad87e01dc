/** The demand source `file`: a Demand document, YAML or JSON. */
import { z } from '../../../constructs/parsing';
import { readDemand } from '../files/documents';
import { resolvePath } from '../files/text-file';
import type { Source } from './source';

const schema = z.string().min(1).optional().describe('A Demand document, YAML or JSON.');

/** A document writes the path itself under `demand`; the data source has it under `file`. */
export const file: Source<typeof schema> = {
  schema,
  serverKeys: [],
  parse: (path) => path,
  read: async (path, { folder, file: document }) => {
    const mentioned =
      document === undefined ? { path: 'file' } : { file: document, path: 'demand' };
    return { demand: readDemand(resolvePath(path, folder), mentioned), warnings: [] };
  },
};
