/** LIST of commands: name, one line of help, and the file that is loaded only when the command is called. */
import type { Command } from './command';

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Command;
}

// `require` instead of `import()`: a command's file is loaded on call, and one at a time.
export const commands: readonly Entry[] = [
  {
    name: 'init',
    summary: 'write a starter app, fleet and demand that place at once',
    load: () => (require('./init') as typeof import('./init')).init,
  },
  {
    name: 'discover',
    summary: 'list the clusters of a kubeconfig as a Fleet',
    load: () => (require('./discover') as typeof import('./discover')).discover,
  },
  {
    name: 'demand',
    summary: 'read where the requests come from as a Demand',
    load: () => (require('./demand') as typeof import('./demand')).demand,
  },
  {
    name: 'place',
    summary: 'choose the clusters and prove the choice',
    load: () => (require('./place') as typeof import('./place')).place,
  },
  {
    name: 'explain',
    summary: 'say why a cluster was chosen or not',
    load: () => (require('./explain') as typeof import('./explain')).explain,
  },
  {
    name: 'simulate',
    summary: 'ask what a loss or a change of demand would do',
    load: () => (require('./simulate') as typeof import('./simulate')).simulate,
  },
  {
    name: 'verify',
    summary: 'check every number of a decision independently',
    load: () => (require('./verify') as typeof import('./verify')).verify,
  },
  {
    name: 'synth',
    summary: 'write the manifests, one folder per chosen cluster',
    load: () => (require('./synth') as typeof import('./synth')).synth,
  },
  {
    name: 'plan',
    summary: 'show what apply would change in every cluster',
    load: () => (require('./plan') as typeof import('./plan')).plan,
  },
  {
    name: 'apply',
    summary: 'make every cluster as the decision says',
    load: () => (require('./apply') as typeof import('./apply')).apply,
  },
  {
    name: 'traffic',
    summary: 'send users to the chosen clusters by DNS',
    load: () => (require('./traffic') as typeof import('./traffic')).traffic,
  },
  {
    name: 'resolve',
    summary: 'show what users of a country are answered for a host',
    load: () => (require('./resolve') as typeof import('./resolve')).resolve,
  },
  {
    name: 'status',
    summary: 'show where each app is now',
    load: () => (require('./status') as typeof import('./status')).status,
  },
  {
    name: 'drift',
    summary: 'show what others have changed since',
    load: () => (require('./drift') as typeof import('./drift')).drift,
  },
  {
    name: 'destroy',
    summary: 'remove an app from every cluster',
    load: () => (require('./destroy') as typeof import('./destroy')).destroy,
  },
  {
    name: 'import',
    summary: 'turn a location-optimizer ConfigMap into an EdgeApp, or back',
    load: () => (require('./import') as typeof import('./import')).importPolicy,
  },
];
