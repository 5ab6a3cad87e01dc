/** Flux for clusters of a testbed: its source-controller and kustomize-controller, built from their Go modules. */
import { existsSync } from 'node:fs';
import { buildMissing, builtPath, type GoModule, onStandardError, whyNoGo } from './go-builds';

type Controller = 'source-controller' | 'kustomize-controller';
const controllers: readonly Controller[] = ['source-controller', 'kustomize-controller'];

const modules: readonly GoModule<Controller>[] = controllers.map((name) => ({
  name: `flux-${name}`,
  module: `github.com/fluxcd/${name}`,
  version: 'v1.9.6',
  treeVersion: 'v1.9.6',
  packages: { [name]: `github.com/fluxcd/${name}` },
  ...(name === 'source-controller'
    ? { replaces: ['github.com/fluxcd/pkg/artifact => github.com/fluxcd/pkg/artifact v0.18.0'] }
    : {}),
}));

/** Why Flux cannot be run, or undefined when it is built: that takes ten minutes, too long for every run of the tests. */
export function whyNoFlux(): string | undefined {
  const missing = controllers.find((name) => !existsSync(builtPath(modules, name)));
  if (missing === undefined) return undefined;
  const how = whyNoGo() ?? '`npm run testbed -- --build-flux` builds it';
  return `${missing} of Flux is not built: ${how}`;
}

/** Builds what is missing: about ten minutes of processor time, once for a machine. */
export function buildFlux(progress = onStandardError): Promise<void> {
  return buildMissing(modules, controllers, progress);
}
