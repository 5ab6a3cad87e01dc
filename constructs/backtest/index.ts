/** Public interface of backtests: policies replayed over past demand. */
export { type Backtest, type BacktestInput, type BacktestStep, backtest } from './backtest';
export type { Setting, SweepRow } from './sweep';
export { type BrokenTime, changesBetween, type Track } from './track';
