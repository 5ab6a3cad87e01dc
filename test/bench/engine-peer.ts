/** One case of the engine bench asked of a general solver, in a process of its own: `engine-peer.js SOLVER CASE SECONDS`. */
import loadHighs from 'highs';
import javascriptLpSolver from 'javascript-lp-solver';
import { equalTo, greaterEq, lessEq, solve as solveYalps } from 'yalps';
import { limitsOf } from '../../constructs/placement/compile/compile';
import { engineCases } from './engine-cases';
import { compiledOf } from './engine-input';
import { lpText, type Program, programOf } from './formulation';

/** The solvers that are asked. */
export const peers = ['HiGHS', 'yalps', 'javascript-lp-solver'] as const;
export type Peer = (typeof peers)[number];

/** What a solver made of it. `value` is the best it found, `isProved` whether it says that none is better. */
export interface PeerAnswer {
  readonly seconds: number;
  readonly wallSeconds: number;
  readonly megabytes: number;
  readonly value: number | null;
  readonly isProved: boolean;
}

interface Found {
  readonly value: number | null;
  readonly isProved: boolean;
}

const solvers: Readonly<Record<Peer, (program: Program, seconds: number) => Promise<() => Found>>> =
  {
    async HiGHS(program, seconds) {
      const highs = await loadHighs();
      const text = lpText(program);
      return () => {
        // Its own gap, a part in 10^4, would be called optimal otherwise.
        const options = { time_limit: seconds, mip_rel_gap: 0, mip_abs_gap: 1e-6 };
        const { Status, ObjectiveValue } = highs.solve(text, options);
        const value = Number.isFinite(ObjectiveValue) ? ObjectiveValue : null;
        return {
          value: Math.abs(value ?? 0) < 1e29 ? value : null,
          isProved: Status === 'Optimal',
        };
      };
    },
    async yalps(program, seconds) {
      const constraints = program.rows.map(({ relation, limit }, index) => {
        const bound = { '<=': lessEq, '=': equalTo, '>=': greaterEq }[relation](limit);
        return [`r${index}`, bound] as const;
      });
      const variables = columnsOf(program).map((terms, x) => [`x${x}`, terms] as const);
      const binaries = variables.flatMap(([name], x) => (program.isBinary(x) ? [name] : []));
      const asked = { direction: 'minimize' as const, objective: 'cost', constraints, variables };
      return () => {
        const options = { timeout: seconds * 1000, maxIterations: Number.POSITIVE_INFINITY };
        const { status, result } = solveYalps({ ...asked, binaries }, options);
        return { value: Number.isFinite(result) ? result : null, isProved: status === 'optimal' };
      };
    },
    async 'javascript-lp-solver'(program, seconds) {
      const bound = { '<=': 'max', '=': 'equal', '>=': 'min' } as const;
      const constraints = Object.fromEntries(
        program.rows.map(({ relation, limit }, r) => [`r${r}`, { [bound[relation]]: limit }]),
      );
      const columns = columnsOf(program).map((terms, x) => [`x${x}`, Object.fromEntries(terms)]);
      const binaries = Object.fromEntries(
        columns.flatMap(([name], x) => (program.isBinary(x) ? [[name, 1]] : [])),
      );
      const model = { optimize: 'cost', opType: 'min' as const, constraints, binaries };
      const asked = { ...model, variables: Object.fromEntries(columns), timeout: seconds * 1000 };
      return () => {
        const started = performance.now();
        const found = javascriptLpSolver.Solve(asked);
        const { feasible, result } = found as { feasible: boolean; result: number };
        // It does not say that it stopped early.
        const isProved = feasible && performance.now() - started < seconds * 1000;
        return { value: feasible ? result : null, isProved };
      };
    },
  };

/** By column: its cost and its coefficient in every row it is in. */
function columnsOf({ costs, rows }: Program): (readonly [string, number])[][] {
  const columns = costs.map((cost): (readonly [string, number])[] => [['cost', cost]]);
  for (const [index, { terms }] of rows.entries()) {
    for (const [column, coefficient] of terms) columns[column]?.push([`r${index}`, coefficient]);
  }
  return columns;
}

async function main([solver, name, limit]: readonly string[]): Promise<void> {
  const found = engineCases().find((one) => one.name === name);
  if (found === undefined || !peers.includes(solver as Peer)) return;
  const { problem, fleet } = compiledOf(found.input());
  const program = programOf(problem, limitsOf(fleet).total.requestsPerSecond);
  const seconds = Number(limit);
  const ask = await solvers[solver as Peer](program, seconds);
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const { value, isProved } = ask();
  const { user, system } = process.cpuUsage(cpu);
  const answer: PeerAnswer = {
    seconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - wall) / 1e3,
    megabytes: process.resourceUsage().maxRSS / 1024,
    value: value === null ? null : value + program.constant,
    isProved,
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

if (require.main === module) void main(process.argv.slice(2));
