/** Stray: what a program writes and nothing here reads: refused or warned about, because a compiler may never have seen it. */
import * as pulumi from '@pulumi/pulumi';
import { EdgeError, unknownKeys } from '../../../constructs/parsing';
import { Mistake } from '../runtime/mistake';

/** Throws Mistake for args that are not among `known`. */
export function refuseUnknown(args: object, known: Readonly<Record<string, true>>): void {
  refuse(unknownKeys(args, known));
}

/** Throws all of them as one Mistake; does nothing when there are none. */
export function refuse(errors: readonly EdgeError[]): void {
  if (errors.length > 0) throw new Mistake(errors);
}

/** Options that Pulumi reads of a resource and passes over on a component. */
const withoutEffect = [
  'ignoreChanges',
  'replaceOnChanges',
  'deleteBeforeReplace',
  'additionalSecretOutputs',
  'replacementTrigger',
  'hideDiffs',
  'import',
  'id',
] as const;

/** Warns of options that Pulumi does not carry out on a component, and says where they work. */
export function warnOfOptions(name: string, opts: object): void {
  const bag = opts as Readonly<Record<string, unknown>>;
  const stray = withoutEffect.filter((key) => bag[key] !== undefined);
  if (stray.length === 0) return;
  void pulumi.log.warn(
    `${name}: ${stray.join(', ')} has no effect on an EdgeApp, which is a component. Set it on its Placement or its Release with transforms.`,
  );
}

/** Warns of what counts for a release alone where @pulumi/kubernetes delivers. */
export function warnOfRollout(name: string, rollout: object): void {
  const stray = Object.keys(rollout).filter((key) => key !== 'evacuate');
  if (stray.length === 0) return;
  void pulumi.log.warn(
    `${name}: rollout.${stray.join(', rollout.')} has no effect with delivery 'kubernetes'. Remove it, or deliver by 'release'.`,
  );
}

/** Throws Mistake for the option `import`: Pulumi hands no code to a dynamic resource that it is to import. */
export function refuseImport(opts: pulumi.CustomResourceOptions | undefined): void {
  if (opts?.import === undefined) return;
  refuse([
    new EdgeError({
      code: 'InvalidDocument',
      path: 'import',
      summary: 'got the option import, which Pulumi does not carry out for dynamic resources',
      remedy: 'Remove it: what exists is adopted when the resource is created.',
    }),
  ]);
}
