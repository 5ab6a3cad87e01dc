/** Sweep: the same past under several stability settings, and which of them moves least for what it costs. */
import type { EdgeApp } from '../policy';
import type { Track } from './track';

/** How reluctantly placements move. */
export interface Setting {
  /** Share of the objective below which nothing moves, 0 to 1. */
  readonly minGain: number;
  /** Seconds a cluster stays at least. */
  readonly minDwellSeconds: number;
}

/** What a setting came to. */
export interface SweepRow extends Setting {
  readonly moves: number;
  readonly churn: number;
  readonly meanObjective: number;
  readonly unsatisfiedShare: number;
  /** Share of the time in which the promise that was broken longest was broken. */
  readonly brokenShare: number;
  /** Whether no other setting has both less churn and a better objective. */
  readonly efficient: boolean;
}

/** A setting whose mean objective is within this share of the best of all settings costs nothing that matters. */
const NEGLIGIBLE = 0.01;

/** Each setting as a row, and the recommended one: the least churn among those within 1 % of the best mean objective that keep promises as long as any. */
export function sweepOf(settings: readonly Setting[], run: (setting: Setting) => Track) {
  const tracks = settings.map((setting) => ({ setting, track: run(setting) }));
  const rows = tracks.map(({ setting, track }) => ({
    ...setting,
    moves: track.moves,
    churn: track.churn,
    meanObjective: track.meanObjective,
    unsatisfiedShare: track.unsatisfiedShare,
    brokenShare: Math.max(0, ...track.broken.map(({ share }) => share)),
  }));
  const marked = rows.map(
    (row): SweepRow => ({ ...row, efficient: !rows.some((other) => dominates(other, row)) }),
  );
  const recommended = recommendedOf(marked);
  return { rows: marked, ...(recommended === undefined ? {} : { recommended }) };
}

type Outcome = Pick<SweepRow, 'churn' | 'meanObjective'>;

function dominates(a: Outcome, b: Outcome): boolean {
  const isNoWorse = a.churn <= b.churn && a.meanObjective <= b.meanObjective;
  return isNoWorse && (a.churn < b.churn || a.meanObjective < b.meanObjective);
}

function recommendedOf(rows: readonly SweepRow[]): Setting | undefined {
  const reliable = least(
    least(rows, (row) => row.unsatisfiedShare),
    (row) => row.brokenShare,
  );
  const best = Math.min(...reliable.map(({ meanObjective }) => meanObjective));
  const fine = reliable.filter(
    ({ meanObjective }) => meanObjective <= best + NEGLIGIBLE * Math.abs(best),
  );
  const calm = least(
    least(fine, ({ churn }) => churn),
    ({ meanObjective }) => meanObjective,
  );
  const [first] = calm;
  if (first === undefined) return undefined;
  return { minGain: first.minGain, minDwellSeconds: first.minDwellSeconds };
}

function least(rows: readonly SweepRow[], by: (row: SweepRow) => number): readonly SweepRow[] {
  const lowest = Math.min(...rows.map(by));
  return rows.filter((row) => by(row) <= lowest);
}

/** The app with this setting. */
export function withSetting(app: EdgeApp, { minGain, minDwellSeconds }: Setting): EdgeApp {
  const { stability } = app.policy;
  return {
    ...app,
    policy: { ...app.policy, stability: { ...stability, minGain, minDwellSeconds } },
  };
}
