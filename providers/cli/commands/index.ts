/** LIST of commands: name, one line of help, and the file that is loaded only when the command is called. */
import type { Entry } from './command';

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
    load: () => (require('./decision/place') as typeof import('./decision/place')).place,
  },
  {
    name: 'explain',
    summary: 'say why a cluster was chosen or not',
    load: () => (require('./decision/explain') as typeof import('./decision/explain')).explain,
  },
  {
    name: 'simulate',
    summary: 'ask what a loss or a change of demand would do',
    load: () => (require('./decision/simulate') as typeof import('./decision/simulate')).simulate,
  },
  {
    name: 'backtest',
    summary: 'replay policies over past demand',
    load: () => (require('./decision/backtest') as typeof import('./decision/backtest')).backtest,
  },
  {
    name: 'verify',
    summary: 'check every number of a decision independently',
    load: () => (require('./decision/verify') as typeof import('./decision/verify')).verify,
  },
  {
    name: 'check',
    summary: 'check a decision against promises, as a test',
    load: () => (require('./decision/check') as typeof import('./decision/check')).check,
  },
  {
    name: 'diff',
    summary: 'say what differs between two decisions',
    load: () => (require('./decision/diff') as typeof import('./decision/diff')).diff,
  },
  {
    name: 'report',
    summary: 'write a decision as one HTML file for people',
    load: () => (require('./decision/report') as typeof import('./decision/report')).report,
  },
  {
    name: 'pull-request',
    summary: 'comment on pull requests, propose locks, find reviewed plans',
    load: () => (require('./pull-request') as typeof import('./pull-request')).pullRequest,
  },
  {
    name: 'synth',
    summary: 'write the manifests, one folder per chosen cluster',
    load: () => (require('./synth') as typeof import('./synth')).synth,
  },
  {
    name: 'access',
    summary: 'write the least role that littoral needs in every cluster',
    load: () => (require('./access') as typeof import('./access')).access,
  },
  {
    name: 'credentials',
    summary: 'say until when each cluster can be reached, and renew tokens',
    load: () => (require('./credentials') as typeof import('./credentials')).credentials,
  },
  {
    name: 'plan',
    summary: 'show what apply would change in every cluster',
    load: () => (require('./release/plan') as typeof import('./release/plan')).plan,
  },
  {
    name: 'apply',
    summary: 'make every cluster as the decision says',
    load: () => (require('./release/apply') as typeof import('./release/apply')).apply,
  },
  {
    name: 'run',
    summary: 'decide and apply again and again, under a lease and a budget',
    load: () => (require('./release/run') as typeof import('./release/run')).runContinuously,
  },
  {
    name: 'traffic',
    summary: 'send users to the chosen clusters by DNS',
    load: () => (require('./release/traffic') as typeof import('./release/traffic')).traffic,
  },
  {
    name: 'resolve',
    summary: 'show what users of a country are answered for a host',
    load: () => (require('./resolve') as typeof import('./resolve')).resolve,
  },
  {
    name: 'status',
    summary: 'show where each app is now',
    load: () => (require('./release/status') as typeof import('./release/status')).status,
  },
  {
    name: 'get',
    summary: 'list objects of all clusters as one table',
    load: () => (require('./fleet-view/get') as typeof import('./fleet-view/get')).get,
  },
  {
    name: 'logs',
    summary: 'print what containers of all clusters write',
    load: () => (require('./fleet-view/logs') as typeof import('./fleet-view/logs')).logs,
  },
  {
    name: 'events',
    summary: 'print the events of all clusters',
    load: () => (require('./fleet-view/events') as typeof import('./fleet-view/events')).events,
  },
  {
    name: 'describe',
    summary: 'describe objects in every cluster that has them',
    load: () =>
      (require('./fleet-view/describe') as typeof import('./fleet-view/describe')).describe,
  },
  {
    name: 'top',
    summary: 'show what pods or nodes of all clusters use',
    load: () => (require('./fleet-view/top') as typeof import('./fleet-view/top')).top,
  },
  {
    name: 'exec',
    summary: 'run a command in the nearest ready pod',
    load: () => (require('./fleet-view/exec') as typeof import('./fleet-view/exec')).exec,
  },
  {
    name: 'port-forward',
    summary: 'forward local ports to the nearest ready pod',
    load: () => (require('./fleet-view/exec') as typeof import('./fleet-view/exec')).portForward,
  },
  {
    name: 'drift',
    summary: 'show what others have changed since',
    load: () => (require('./release/drift') as typeof import('./release/drift')).drift,
  },
  {
    name: 'destroy',
    summary: 'remove an app from every cluster',
    load: () => (require('./release/destroy') as typeof import('./release/destroy')).destroy,
  },
  {
    name: 'import',
    summary: 'turn a location-optimizer ConfigMap into an EdgeApp, or back',
    load: () => (require('./import') as typeof import('./import')).importPolicy,
  },
  {
    name: 'completion',
    summary: 'print a script by which bash, zsh or fish completes commands',
    load: () => (require('./completion') as typeof import('./completion')).completionOf(commands),
  },
];
