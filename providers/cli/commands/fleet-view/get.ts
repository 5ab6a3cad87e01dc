/** littoral get: the objects of a kind in all clusters, as one table. */

import { setMaxListeners } from 'node:events';
import { stringify } from 'yaml';
import { byCodeUnits } from '../../../../constructs/model/canonical';
import { exactJson, replaceExact } from '../../../../constructs/model/exact-integer';
import { listObjects, type Selection } from '../../../clusters/api/objects';
import { listTable, type TableColumn, type TableRow } from '../../../clusters/api/tables';
import type { ClusterError } from '../../../clusters/errors';
import { askClusters, failuresOf } from '../../../fleet-view/ask-clusters';
import { appLookMilliseconds, followSelections } from '../../../fleet-view/follow-selections';
import { followTable } from '../../../fleet-view/follow-table';
import {
  type Collection,
  collectionsOf,
  type ObjectQuery,
  objectsOf,
  selectionsOf,
  tableQueryOf,
} from '../../../fleet-view/query';
import { type Flags, usageError, type Values } from '../../input/flags';
import { objectQueryOf } from '../../input/object-words';
import {
  answeredCode,
  type Clusters,
  clusterFlags,
  clustersOf,
  objectFlags,
} from '../../input/viewing';
import { type ExitCode, exit } from '../../output/exit';
import { type MergedTable, mergedTable } from '../../output/print/merged-table';
import { documentOf } from '../../output/print/object-documents';
import { objectRows } from '../../output/print/object-rows';
import type { Session } from '../../output/terminal';
import { command } from '../command';

const flags = {
  ...clusterFlags,
  ...objectFlags,
  'field-selector': {
    value: 'FIELDS',
    doc: 'Only what has these fields, such as status.phase=Failed.',
  },
  output: {
    value: 'FORM',
    short: 'o',
    choices: ['wide', 'json', 'yaml'],
    doc: 'wide: more columns. json, yaml: whole objects, each with the annotation littoral.dev/cluster.',
  },
  watch: { short: 'w', doc: 'Goes on with every change.' },
  'no-headers': { doc: 'Leaves the line of headers out.' },
} as const satisfies Flags;
type GetValues = Values<typeof flags>;

/** How long clusters may take to share the widths of columns with the first that answers. */
const gatherMilliseconds = 150;
/** The words of a command line: the kinds, and as many names as one likes. */
const mostWords = 1000;

/** The command `get`. */
export const get = command({
  name: 'get',
  usage: [
    'littoral get KIND[,KIND...] [NAME ...] [--fleet FLEET.yaml] [--app APP] [-n NAMESPACE | -A] [-l LABELS] [-o wide|json|yaml] [-w]',
  ],
  about:
    'Asks all clusters of the fleet at the same time and prints what they have as one table: the columns of each server, and the cluster first. KIND is what kubectl takes: pods, po, deploy, deployments.apps, all. A cluster that does not answer is a line on standard error and exit code 5; the rows of the others do not wait for it. Values of Secrets are left out.',
  flags,
  words: mostWords,
  examples: [
    ['littoral get pods --app shop --fleet fleet.yaml', 'the pods of an app, wherever they are'],
    ['littoral get deploy -A -o wide --fleet fleet.yaml', 'all Deployments of all clusters'],
    ['littoral get pods --app shop -w --fleet fleet.yaml', 'as they change'],
  ],
  run: async (values, session, words) => {
    const query = {
      ...objectQueryOf('get', words, 'littoral get pods', values, session),
      fieldSelector: values['field-selector'],
    };
    const chosen = clustersOf('get', values, session);
    const { output } = values;
    if (output !== 'json' && output !== 'yaml')
      return await asTable(values, query, chosen, session);
    if (values.watch) {
      const remedy = `Leave -w or -o ${output} out.`;
      throw usageError('get', '--watch', `does not go with -o ${output}`, remedy);
    }
    return await asDocuments(output, query, chosen, session);
  },
});

async function asTable(
  values: GetValues,
  query: ObjectQuery,
  { clusters, reach }: Clusters,
  session: Session,
): Promise<ExitCode> {
  const isSeveral = query.kinds.length > 1 || query.kinds[0] === 'all';
  const isWide = values.output === 'wide';
  const tables = tablesOf(values, isSeveral, session);
  const never = new AbortController().signal;
  setMaxListeners(0, never);
  // Each cluster is followed for as long as we look on: none waits for another to end.
  const all = values.watch ? { ...reach, parallelism: clusters.length } : reach;
  const answers = await askClusters(clusters, all, async (server, cluster) => {
    const place = clusters.indexOf(cluster);
    const objects = objectsOf(server);
    const collections = await collectionsOf(objects, query);
    for (const collection of collections) tables.of(collection);
    await Promise.all(
      collections.map(async (collection) => {
        const add = (columns: readonly TableColumn[], rows: readonly TableRow[]) => {
          const shown = objectRows(
            server.name,
            collection,
            { columns, rows },
            { isWide, isSeveral },
          );
          tables.of(collection).add({ place, ...shown });
        };
        if (values.watch) {
          const onTrouble = ({ summary }: ClusterError) =>
            session.remark(`${summary}; trying again\n`);
          const follower = { onRows: add, onTrouble };
          const follow = (selection: Selection, until: AbortSignal) =>
            followTable(server, tableQueryOf(server, collection, selection), follower, until);
          const selections = () => selectionsOf(objects, collection.resource, query);
          const lookMilliseconds = query.app === undefined ? undefined : appLookMilliseconds;
          await followSelections({ selections, follow, lookMilliseconds }, never);
          return;
        }
        const queries = collection.selections.map((one) => tableQueryOf(server, collection, one));
        const parts = await Promise.all(queries.map((one) => listTable(server, one)));
        const rows = parts.flatMap((part) => part.rows);
        if (parts.length > 1) rows.sort((a, b) => byCodeUnits(placeOf(a), placeOf(b)));
        add(parts[0]?.columns ?? [], rows);
      }),
    );
  });
  const failures = failuresOf(answers);
  const isEmpty = tables.flush() === 0 && failures.length < clusters.length;
  const code = answeredCode(failures, clusters.length, session);
  return isEmpty ? nothingFound(query, code, session) : code;
}

const placeOf = ({ object }: TableRow) =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** A table for each kind, in the order of the first cluster that has them; several wait for the end, so that none is torn apart. */
function tablesOf({ watch, 'no-headers': bare }: GetValues, isSeveral: boolean, session: Session) {
  const tables = new Map<string, MergedTable>();
  const gather = isSeveral && !watch ? Number.POSITIVE_INFINITY : gatherMilliseconds;
  const options = { print: session.print, headers: !bare, gatherMilliseconds: gather };
  return {
    of: ({ resource }: Collection): MergedTable => {
      const key = `${resource.group}/${resource.plural}`;
      const table = tables.get(key) ?? mergedTable(options);
      tables.set(key, table);
      return table;
    },
    /** Prints what waits; how many rows there were in all. */
    flush: (): number => {
      let shown = 0;
      for (const table of tables.values()) {
        if (table.rows() > 0 && shown > 0 && isSeveral) session.print('\n');
        table.flush();
        shown += table.rows();
      }
      return shown;
    },
  };
}

function nothingFound(query: ObjectQuery, code: ExitCode, { remark }: Session): ExitCode {
  const where = query.namespace === undefined ? '' : ` in namespace ${query.namespace}`;
  const whose = query.app === undefined ? '' : ` of ${query.app.name}`;
  const named = query.names.length === 0 ? '' : ` named ${query.names.join(', ')}`;
  remark(`no cluster has ${query.kinds.join(', ')}${whose}${named}${where}\n`);
  return code === exit.done && query.names.length > 0 ? exit.input : code;
}

async function asDocuments(
  form: 'json' | 'yaml',
  query: ObjectQuery,
  { clusters, reach }: Clusters,
  session: Session,
): Promise<ExitCode> {
  const answers = await askClusters(clusters, reach, async (server, { name }) => {
    const objects = objectsOf(server);
    const collections = await collectionsOf(objects, query);
    const lists = await Promise.all(
      collections.flatMap(({ resource: { apiVersion, kind }, namespace, selections }) =>
        selections.map((selection) => {
          const where = namespace === undefined ? {} : { namespace };
          return listObjects(objects, { apiVersion, kind, ...where }, selection);
        }),
      ),
    );
    return lists.flatMap(({ items }) => items.map((item) => documentOf(item, name)));
  });
  const items = answers.flatMap((answer) => ('value' in answer ? answer.value : []));
  const list = { apiVersion: 'v1', kind: 'List', items };
  session.print(
    form === 'json'
      ? `${exactJson(list, 2)}\n`
      : stringify(replaceExact(list, BigInt), { lineWidth: 0, compat: 'yaml-1.1' }),
  );
  return answeredCode(failuresOf(answers), clusters.length, session);
}
