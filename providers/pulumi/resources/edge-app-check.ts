/** Check of the args of an EdgeApp: what it does not have, and what says nothing beside the others. */
import { synthKeys } from '../../../constructs/kubernetes/props';
import { isolationKeys } from '../../../constructs/model/app/isolation';
import {
  EdgeError,
  type KnownKeys,
  quoted,
  unknownKeys,
  useOneOf,
} from '../../../constructs/parsing';
import type { EdgeAppArgs } from './edge-app-args';
import { refuse } from './stray';

const edgeAppKeys: KnownKeys<EdgeAppArgs> = {
  name: true,
  fleet: true,
  namespace: true,
  team: true,
  workload: true,
  manifests: true,
  scaling: true,
  chart: true,
  overrides: true,
  exposure: true,
  ...isolationKeys,
  policy: true,
  demand: true,
  placement: true,
  delivery: true,
  rollout: true,
  lock: true,
  now: true,
  allowUnsatisfied: true,
  allow: true,
};
/** A document spread into the args carries them. */
const documentKeys = { apiVersion: true, kind: true } as const;

/** Throws Mistake for args that an EdgeApp does not have, and for those that say nothing beside the others. */
export function checkEdgeAppArgs(args: EdgeAppArgs): void {
  const { sizing: _, ...known } = { ...synthKeys, ...edgeAppKeys, ...documentKeys };
  refuse([...unknownKeys(args, known), ...deliveryErrors(args), ...besidePlacement(args)]);
}

const deliveries = ['release', 'kubernetes'] as const;

function deliveryErrors({ delivery }: EdgeAppArgs): readonly EdgeError[] {
  if (delivery === undefined || deliveries.includes(delivery)) return [];
  return [
    new EdgeError({
      code: 'InvalidDocument',
      path: 'delivery',
      summary: `got ${quoted(delivery)}, expected 'release' or 'kubernetes'`,
      remedy: useOneOf(String(delivery), [...deliveries]),
    }),
  ];
}

/** A placement of its own takes these; another one has its own. */
function besidePlacement(args: EdgeAppArgs): readonly EdgeError[] {
  if (args.placement === undefined) return [];
  return (['lock', 'now', 'allowUnsatisfied', 'allow'] as const).flatMap((key) => {
    if (args[key] === undefined) return [];
    return new EdgeError({
      code: 'Contradiction',
      path: key,
      summary: `got ${key} beside placement, which decides where the app runs`,
      remedy: `Give ${key} to that Placement.`,
    });
  });
}
