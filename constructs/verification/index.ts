/** The door of the verification: a decision and its inputs in, findings out. */
export type { Finding } from './input/findings';
export { type VerifyReport, verify } from './verify';
