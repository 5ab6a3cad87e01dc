/** Namespace mistakes: an app that would land among the parts of Kubernetes itself for no reason but its name. */
import { type DocumentMistake, quoted } from '../../../parsing';

/** Namespaces that every cluster has for its own parts. `default` is not among them: it is there for users. */
const ofKubernetes: readonly unknown[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** The mistake in the name of an app without a namespace; paths start at the app. A namespace that is written is meant. */
export function namespaceMistakes(name: unknown, namespace: unknown): readonly DocumentMistake[] {
  if (namespace !== undefined || !ofKubernetes.includes(name)) return [];
  return [
    {
      code: 'InvalidDocument',
      path: ['name'],
      summary: `got ${quoted(String(name))}, whose objects would go into a namespace of Kubernetes itself`,
      remedy: `Choose another name; if that is meant, add namespace: ${String(name)}.`,
    },
  ];
}
