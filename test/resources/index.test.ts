/** The list of resources: what is in it is offered by Terraform, with a page in the registry, and by Pulumi, under its kind. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '../../providers/pulumi';
import * as runtime from '../../providers/pulumi/runtime';
import { dataSources, resources } from '../../providers/resources';
import { littoral } from '../../providers/terraform/littoral';

const kinds = { resources: Object.keys(resources), dataSources: Object.keys(dataSources) };
const page = (path: string) => existsSync(join(__dirname, '../../docs', path));
const capitalized = (kind: string) => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;

describe('the list of resources', () => {
  it('names each descriptor by its kind', () => {
    for (const [kind, one] of Object.entries({ ...resources, ...dataSources })) {
      expect(one.kind).toBe(kind);
      expect(one.doc).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('is what the Terraform provider offers, no more and no less', () => {
    const named = (all: readonly string[]) => all.map((kind) => `littoral_${kind}`).sort();
    expect(Object.keys(littoral.resources).sort()).toEqual(named(kinds.resources));
    expect(Object.keys(littoral.dataSources).sort()).toEqual(named(kinds.dataSources));
  });

  it('has a page in the registry for each kind', () => {
    expect(kinds.resources.filter((kind) => !page(`resources/${kind}.md`))).toEqual([]);
    expect(kinds.dataSources.filter((kind) => !page(`data-sources/${kind}.md`))).toEqual([]);
  });

  it('has a class and a dynamic provider in Pulumi for each resource', () => {
    for (const kind of kinds.resources) {
      expect(pulumi).toHaveProperty(capitalized(kind));
      expect(runtime).toHaveProperty([kind, 'check']);
    }
  });

  it('has a function in Pulumi for each data source', () => {
    for (const kind of kinds.dataSources) {
      expect(pulumi).toHaveProperty(`get${capitalized(kind)}`);
      expect(pulumi).toHaveProperty(`get${capitalized(kind)}Output`);
    }
  });
});
