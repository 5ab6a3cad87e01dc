/** Cases that the literature draws at random, so that a change that makes some family worse shows. */
import * as literature from '../placement/literature';
import { graph, type Median, plane } from '../placement/literature-medians';
import { caseOf, type EngineCase } from './engine-case';
import { inputOf } from './engine-input';
import { bestKnown } from './known-values';

/** All of them. */
export function drawnCases(): readonly EngineCase[] {
  return [...medians(), ...facilities()];
}

function medians(): EngineCase[] {
  const of = (goal: 'graphs' | 'plane') => (one: Median) =>
    caseOf(
      {
        name: one.name,
        goal,
        family: `${goal} drawn`,
        pairs: one.nodes ** 2,
        input: () => inputOf(one.build()),
      },
      bestKnown(one.name),
    );
  const graphs = [[100, 10], [200, 20], [400, 40], [600, 60], [800, 80]] as const; // biome-ignore format: a row
  const planes = [[100, 10], [500, 20], [1000, 10], [1000, 50], [1500, 100]] as const; // biome-ignore format: a row
  return [
    ...graphs.map(([n, p]) => of('graphs')(graph(1, n, p))),
    ...planes.map(([n, p]) => of('plane')(plane(1, n, p))),
  ];
}

function facilities(): EngineCase[] {
  const { beasley, bildeKrarup, cornuejols, delmaire, gapA, holmberg, korkelGhosh } = literature;
  const of = (goal: EngineCase['goal'], family: string) => (one: literature.Drawn) => {
    const { openCosts, demands } = one.problem;
    const name = `generated ${one.name}`;
    const pairs = openCosts.length * demands.length;
    return caseOf(
      { name, goal, family, pairs, input: () => inputOf(one.build()) },
      bestKnown(name),
    );
  };
  return [
    ...[beasley(1, 8, 900_000), beasley(2, 12, 600_000)].map(of('facilities', 'Beasley')),
    ...(['B', 'C', 'D', 'E'] as const).map((kind) => bildeKrarup(1, kind)).map(of('random', 'BK')),
    ...(['a', 'b', 'c'] as const).map((one) => korkelGhosh(1, 100, one, false)).map(of('random', 'KG')), // biome-ignore format: a row
    ...(['a', 'b', 'c'] as const).map((one) => korkelGhosh(1, 250, one, true)).map(of('random', 'KG')), // biome-ignore format: a row
    ...[gapA(1), gapA(2)].map(of('random', 'Gap')),
    ...[literature.projectivePlane(1, 11)].map(of('random', 'plane')),
    ...[holmberg(1, 10, 50, 3), holmberg(2, 20, 50, 2), holmberg(3, 30, 150, 3), holmberg(4, 30, 200, 4)].map(of('whole', 'Holmberg')), // biome-ignore format: a row
    ...[delmaire(1, 20, 40, 1.3), delmaire(2, 30, 60, 1.3)].map(of('whole', 'Delmaire')),
    ...[cornuejols(1, 30, 200, 3), cornuejols(2, 60, 200, 3), cornuejols(3, 300, 300, 5)].map(of('whole', 'Cornuejols')), // biome-ignore format: a row
  ];
}
