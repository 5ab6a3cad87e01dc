/** The demand source `prometheus`: one query to a Prometheus-compatible server, or a recorded answer. */
import { prometheusSchema } from './prometheus-config';
import { parsePrometheus } from './prometheus-document';
import type { Source } from './source';

const schema = prometheusSchema
  .optional()
  .describe('One query to Prometheus, Thanos or Mimir. Give this or file.');

export const prometheus: Source<typeof schema> = {
  schema,
  serverKeys: ['url', 'tls'],
  parse: (given) => parsePrometheus(given),
  read: (given, context) => {
    // Loaded here: an HTTP client costs a start-up that most calls do not need.
    const { readPrometheusDemand } = require('./prometheus') as typeof import('./prometheus');
    return readPrometheusDemand(given, context);
  },
};
