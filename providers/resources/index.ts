/** The list of what littoral offers to every wire: data sources, which read, and resources, which are planned and kept. */
import { demand } from './demand';
import { fleet } from './fleet';
import { placement } from './placement';
import { release } from './release';
import { retirement } from './retirement';
import { traffic } from './traffic';

/** Data sources by kind. */
export const dataSources = { demand, fleet } as const;

/** Resources by kind. */
export const resources = { placement, release, retirement, traffic } as const;
