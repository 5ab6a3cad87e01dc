/** Source text: what reading costs before anything is read. */
import { parseFleet } from '../../constructs/model/fleet-document';

jest.mock('yaml', () => {
  throw new Error('nobody needs YAML for this');
});

it('JSON is read without loading what reads YAML', () => {
  const clusters = [{ name: 'ams', latitude: 52, longitude: 4, region: 'europe', country: 'NL' }];
  const document = { apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', clusters };
  expect(parseFleet(JSON.stringify(document)).clusters).toHaveLength(1);
  expect(() => parseFleet('clusters: []')).toThrow('nobody needs YAML for this');
});
