/** Fleet documents: what parsing makes of them, whatever their order and form. */
import fc from 'fast-check';
import { stringify } from 'yaml';
import { digestOf } from '../../constructs/model/canonical';
import { fleetDocument, parseFleet } from '../../constructs/model/fleet-document';
import { edgeErrorsOf } from '../../constructs/parsing/errors';
import { cluster, fleet } from '../build';

const header = { apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet' };
const minimal = { latitude: 1, longitude: 2, region: 'r', country: 'DE' };
const name = fc.oneof(
  fc.constantFrom('constructor', 'toString', 'hasOwnProperty', 'valueOf'),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/),
);
const written = fc.record(
  {
    name,
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    region: fc.constantFrom('europe', 'asia', 'constructor'),
    country: fc.constantFrom('DE', 'NO', 'SG'),
    labels: fc.dictionary(name, fc.string({ maxLength: 5 })),
    usdPerHour: fc.double({ min: 0, max: 1000, noNaN: true }),
    state: fc.constantFrom('ready' as const, 'cordoned' as const),
  },
  { requiredKeys: ['name', 'latitude', 'longitude', 'region', 'country'] },
);
const clusters = fc.uniqueArray(written, {
  selector: (one) => one.name,
  minLength: 1,
  maxLength: 6,
});

describe('a fleet document', () => {
  it('is completed with every default', () => {
    expect(parseFleet({ clusters: [{ name: 'fra', ...minimal }] })).toEqual({
      clusters: [
        {
          name: 'fra',
          ...minimal,
          labels: {},
          taints: [],
          usdPerHour: 0,
          usdPerReplicaHour: 0,
          usdPerGibibyteEgress: 0,
          signals: {},
          state: 'ready',
        },
      ],
      latency: [],
      latencyModel: { baseMilliseconds: 5, per1000KilometersMilliseconds: 20 },
    });
  });

  it('has every cluster once, by its uid as by its name', () => {
    const list = ['fra', 'par', 'nrt'].map((one) => ({ name: one, uid: `uid-${one}`, ...minimal }));
    expect(parseFleet({ clusters: list }).clusters.map(({ uid }) => uid)).toHaveLength(3);
    const twice = [...list, { name: 'frankfurt', uid: 'uid-fra', ...minimal }];
    expect(() => parseFleet({ clusters: twice })).toThrow(
      'got frankfurt with uid "uid-fra", which fra has: they are one cluster',
    );
  });

  it('is the same in YAML, in JSON and as an object, in any order', () => {
    fc.assert(
      fc.property(clusters, (list) => {
        const expected = digestOf(parseFleet({ clusters: list }));
        const document = { ...header, clusters: [...list].reverse() };
        expect(digestOf(parseFleet(JSON.stringify(document)))).toBe(expected);
        expect(digestOf(parseFleet(stringify(document)))).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('parsed, written and parsed again is the same', () => {
    fc.assert(
      fc.property(clusters, (list) => {
        const once = parseFleet({ clusters: list });
        const text = JSON.stringify(fleetDocument(once));
        expect(parseFleet(text)).toEqual(JSON.parse(JSON.stringify(once)));
      }),
      { numRuns: 60 },
    );
  });

  it('is not changed by parsing it', () => {
    const document = {
      clusters: [
        { name: 'b', ...minimal },
        { name: 'a', ...minimal },
      ],
    };
    const before = structuredClone(document);
    parseFleet(document);
    expect(document).toEqual(before);
  });

  it('keeps NO as the country Norway', () => {
    const text = `${stringify(header)}clusters: [{name: osl, latitude: 60, longitude: 11, region: europe, country: NO}]`;
    expect(parseFleet(text).clusters[0]?.country).toBe('NO');
  });

  it('keeps instants as written', () => {
    const since = '2026-11-01T00:00:00.5+02:00';
    expect(fleet(cluster('fra').with({ since })).clusters[0]?.since).toBe(since);
  });

  it('sorts measured latencies by origin and cluster', () => {
    const parsed = fleet(cluster('fra'), cluster('ams'), [
      ['rome', 'fra', 3],
      ['berlin', 'fra', 2],
      ['berlin', 'ams', 1],
    ]);
    expect(parsed.latency.map((pair) => pair.join(' '))).toEqual([
      'berlin ams 1',
      'berlin fra 2',
      'rome fra 3',
    ]);
  });
});

describe('a latency file', () => {
  const parse = (read: (path: string) => string) =>
    parseFleet({ latency: 'data/l.csv', clusters: [{ name: 'fra', ...minimal }] }, { read });
  const errors = (read: (path: string) => string) => {
    try {
      parse(read);
      return [];
    } catch (thrown) {
      return edgeErrorsOf(thrown) ?? [];
    }
  };

  it('is asked for by the path as written', () => {
    const read = jest.fn(() => 'origin,cluster,milliseconds\nconstructor,fra,3\n');
    expect(parse(read).latency).toEqual([['constructor', 'fra', 3]]);
    expect(read).toHaveBeenCalledWith('data/l.csv');
  });

  it('tells its mistakes with its own name and line', () => {
    const text =
      'origin,cluster,milliseconds\na,fra,1\nb,fra,x\nc,frankfurt,1\nd,frankfurt,1\na,fra,2';
    expect(errors(() => text).map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      'data/l.csv:3 InvalidDocument',
      'data/l.csv:4 UnknownName',
      'data/l.csv:6 Duplicate',
    ]);
    expect(errors(() => text)[1]?.summary).toContain('"frankfurt" (2 pairs)');
  });

  it('that cannot be read is a mistake of the fleet', () => {
    const [error] = errors(() => {
      throw new Error('ENOENT');
    });
    expect(error).toMatchObject({ code: 'SourceFailed', path: 'latency' });
    expect(error?.message).not.toContain('ENOENT');
  });
});
