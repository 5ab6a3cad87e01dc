/** Public interface of promises: what a decision must keep, checked as a test. */
export { checkPromises, type PromiseResult, wordsOf } from './check';
export { excessOf, isKept, type Measurement } from './measurement';
export {
  type PlacementPromise,
  type Promises,
  type PromisesInput,
  parsePromises,
  promisesSchema,
} from './promises-document';
export type { Survival } from './survives';
