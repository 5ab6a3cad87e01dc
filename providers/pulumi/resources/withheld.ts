/** Withheld: secrets that a placement does not read are kept out of its inputs: one of them would hide all apps from reviewers. */
import * as pulumi from '@pulumi/pulumi';

type Bag = Readonly<Record<string, unknown>>;

/** What a parser takes for an image that nobody may see. */
const hiddenImage = 'registry.invalid/secret';

/** Apps without the secrets among their images and environments; apps that are one output, or a text, as they are. */
export function withoutSecrets(apps: unknown): unknown {
  return Array.isArray(apps) ? apps.map(appWithout) : apps;
}

function appWithout(app: unknown): unknown {
  if (!isBag(app)) return app;
  const { workload, overrides, ...rest } = app;
  return {
    ...rest,
    ...(workload === undefined ? {} : { workload: workloadWithout(workload) }),
    ...(overrides === undefined ? {} : { overrides: listOf(overrides, overrideWithout) }),
  };
}

function workloadWithout(workload: unknown): unknown {
  if (!isBag(workload)) return workload;
  const own = componentWithout(workload) as Bag;
  const { components } = own;
  return components === undefined
    ? own
    : { ...own, components: listOf(components, componentWithout) };
}

function overrideWithout(override: unknown): unknown {
  if (!isBag(override)) return override;
  const { set } = override;
  return set === undefined ? override : { ...override, set: componentWithout(set) };
}

function componentWithout(component: unknown): unknown {
  if (!isBag(component)) return component;
  const { image, env } = component;
  return {
    ...component,
    ...(pulumi.Output.isInstance(image) ? { image: unlessSecret(image, hiddenImage) } : {}),
    ...(env === undefined ? {} : { env: envWithout(env) }),
  };
}

function envWithout(env: unknown): unknown {
  if (pulumi.Output.isInstance(env)) return unlessSecret(env, undefined);
  if (!isBag(env)) return env;
  const entries = Object.entries(env).map(([key, value]) => [
    key,
    pulumi.Output.isInstance(value) ? unlessSecret(value, undefined) : value,
  ]);
  return Object.fromEntries(entries);
}

/** Whether an output is secret is known before its value is. */
function unlessSecret(output: pulumi.Output<unknown>, instead: unknown): pulumi.Output<unknown> {
  return pulumi
    .output(pulumi.isSecret(output))
    .apply((isSecret): unknown => (isSecret ? instead : output));
}

function listOf(list: unknown, each: (one: unknown) => unknown): unknown {
  return Array.isArray(list) ? list.map(each) : list;
}

function isBag(value: unknown): value is Bag {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}
