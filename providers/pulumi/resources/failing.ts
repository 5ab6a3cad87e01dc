/** Failing: what is read of a resource fails with the program, where Pulumi alone would wait for ever or print what no one can mend. */
import * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../../constructs/parsing';
import { Mistake } from '../runtime/mistake';

/** True in a program that the command runs: it ends by itself where anything fails, and prints at length what fails twice. */
const isRunByCommand = /@pulumi[\\/]pulumi[\\/]cmd[\\/]run/.test(process.argv[1] ?? '');

/**
 * The same output, which fails as `given` does. The outputs of a resource whose inputs cannot be had stay open,
 * and an inline program of the Automation API that exports one of them would never end.
 */
export function failingWith<T>(output: pulumi.Output<T>, given: pulumi.Output<unknown>) {
  return isRunByCommand ? output : failingAs(output, given);
}

/** The same output, known as it is, which fails where `given` does. */
export function failingAs<T>(output: pulumi.Output<T>, given: pulumi.Output<unknown>) {
  const { promise } = given as unknown as { readonly promise: () => Promise<unknown> };
  const failed = promise.call(given).then(() => undefined);
  return pulumi.all([output, failed]).apply(([value]) => value) as pulumi.Output<T>;
}

interface Serializer {
  readonly requestSerialize?: (request: object) => unknown;
}

/**
 * Throws Mistake when the program runs on another copy of Pulumi's SDK than the one that is loaded here: neither
 * takes the messages of the other, and what Pulumi says then names neither of them.
 */
export function onOneSdk(): void {
  const monitor = pulumi.runtime.getMonitor() as
    | { readonly registerResource?: Serializer }
    | undefined;
  const serialize = monitor?.registerResource?.requestSerialize;
  if (serialize === undefined) return;
  const { RegisterResourceRequest } =
    require('@pulumi/pulumi/proto/resource_pb') as typeof import('@pulumi/pulumi/proto/resource_pb');
  try {
    serialize(new RegisterResourceRequest());
  } catch {
    throw new Mistake([
      new EdgeError({
        code: 'MissingPackage',
        path: '',
        summary: `the program runs on another copy of @pulumi/pulumi than littoral, which loads ${require.resolve('@pulumi/pulumi')}`,
        remedy:
          'Install both so that there is one copy: run npm dedupe, or install littoral as a package and not as a link (npm install --install-links)',
      }),
    ]);
  }
}
