/** The words by which people name objects, as kubectl takes them: KIND NAME ..., KIND/NAME, or a pod alone. */
import type { PodQuery } from '../../fleet-view/pods';
import type { ObjectQuery } from '../../fleet-view/query';
import type { Session } from '../output/terminal';
import { usageError, type Values } from './flags';
import { type clusterFlags, type objectFlags, scopeOf } from './viewing';

type ObjectValues = Values<typeof objectFlags> & Pick<Values<typeof clusterFlags>, 'fleet'>;

/** Kinds with commas and names, or KIND/NAME, within what the flags select. Throws EdgeErrors; `example` is a whole command. */
export function objectQueryOf(
  name: string,
  [kinds, ...names]: readonly string[],
  example: string,
  values: ObjectValues,
  session: Session,
): ObjectQuery {
  if (kinds === undefined) {
    throw usageError(name, 'KIND', 'is missing', `Write ${example}, for example.`);
  }
  const [kind = '', ...slashed] = kinds.split('/');
  const words = kind.split(',').filter((word) => word !== '');
  if (words.length === 0 || slashed.length > 1 || slashed[0] === '') {
    const summary = `got ${JSON.stringify(kinds)}, expected kinds with commas, or KIND/NAME`;
    throw usageError(name, 'KIND', summary, 'Write it like pods, deploy,svc or deploy/web.');
  }
  return {
    kinds: words,
    names: [...slashed, ...names],
    labelSelector: values.selector,
    fieldSelector: undefined,
    ...scopeOf(name, values, session),
  };
}

/** A pod by its name, the pods of KIND/NAME, or those that the flags select. Throws EdgeErrors where nothing says which. */
export function podQueryOf(
  name: string,
  target: string | undefined,
  values: ObjectValues,
  session: Session,
): PodQuery {
  const { app, selector } = values;
  if (target === undefined && app === undefined && selector === undefined) {
    const remedy = 'Write --app APP, -l LABELS, a pod, or a workload such as deploy/web.';
    throw usageError(name, '--app', 'is missing, and nothing else says which pods', remedy);
  }
  if (target !== undefined && !/^[^/]+(\/[^/]+)?$/.test(target)) {
    const summary = `got ${JSON.stringify(target)}, expected a pod or KIND/NAME`;
    throw usageError(name, 'POD', summary, 'Write it like web-0 or deploy/web.');
  }
  return { target, labelSelector: selector, ...scopeOf(name, values, session) };
}
