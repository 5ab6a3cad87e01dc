/** The recommended setting: the least churn among those that cost nothing that matters. */
import { sweepOf } from '../../constructs/backtest/sweep';
import type { Track } from '../../constructs/backtest/track';

const track = (churn: number, meanObjective: number, more: Partial<Track> = {}): Track => ({
  moves: churn,
  churn,
  meanObjective,
  meanUsdPerHour: 0,
  worstP95Milliseconds: 0,
  unsatisfiedShare: 0,
  broken: [],
  objectives: [],
  moved: [],
  ...more,
});
const settings = [0, 0.02, 0.05, 0.1].map((minGain) => ({ minGain, minDwellSeconds: 600 }));
const swept = (tracks: readonly Track[]) =>
  sweepOf(settings, (setting) => tracks[settings.indexOf(setting)] as Track);

it('is the calmest within 1 % of the best objective', () => {
  const { recommended, rows } = swept([
    track(40, 100),
    track(12, 100.5),
    track(6, 100.9),
    track(0, 120),
  ]);
  expect(recommended?.minGain).toBe(0.05);
  expect(rows.map(({ efficient }) => efficient)).toEqual([true, true, true, true]);
});

it('is none that is unsatisfied or below a promise for longer than another', () => {
  const late = { broken: [{ promise: 'p', seconds: 9, share: 0.1 }] };
  const tracks = [
    track(40, 100),
    track(12, 100),
    track(6, 100, late),
    track(1, 100, { unsatisfiedShare: 0.2 }),
  ];
  expect(swept(tracks).recommended?.minGain).toBe(0.02);
});

it('is the better of two that are equally calm, and one with more churn for more is not efficient', () => {
  const { recommended, rows } = swept([
    track(5, 100.2),
    track(5, 100),
    track(7, 101),
    track(5, 100.1),
  ]);
  expect(recommended?.minGain).toBe(0.02);
  expect(rows.map(({ efficient }) => efficient)).toEqual([false, true, false, false]);
});
