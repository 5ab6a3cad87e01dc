/** Cases that the literature draws at random, so that a change that makes some family worse shows. */
import { graph, type Median, plane } from '../placement/literature-medians';
import { caseOf, type EngineCase } from './engine-case';
import { inputOf } from './engine-input';
import { bestKnown } from './known-values';

/** All of them. */
export function drawnCases(): readonly EngineCase[] {
  return medians();
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
