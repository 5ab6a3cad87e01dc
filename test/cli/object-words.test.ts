/** Words that name no objects are refused before any cluster is asked. */
import { starter } from '../../providers/cli/commands/starter';
import { caller } from './calling';

const files = Object.fromEntries(starter);

describe('words that name objects', () => {
  it.each([
    ['get', 'KIND: is missing'],
    ['get ,', 'KIND: got ",", expected kinds with commas, or KIND/NAME'],
    ['get deploy/', 'got "deploy/", expected'],
    ['get deploy/a/b', 'got "deploy/a/b", expected'],
    ['describe', 'KIND: is missing'],
    ['describe /web', 'got "/web", expected'],
    ['logs', '--app: is missing, and nothing else says which pods'],
    ['logs deploy/', 'POD: got "deploy/", expected a pod or KIND/NAME'],
    ['logs --app shop --tail many', '--tail: got "many", expected a whole number from 0'],
    ['logs --app shop --since soon', '--since: got "soon", expected a duration'],
    ['exec --app shop', '--: no command follows'],
    ['exec -- date', '--app: is missing'],
    ['port-forward --app shop', 'PORT: is missing'],
    ['port-forward a b 80:80', '"b": is one word too many'],
    ['top volumes', '"volumes": has no metrics'],
    ['get pods --cluster frra', 'fleet.yaml has no cluster frra'],
    ['get pods --answer never', '--answer: got "never", expected a number'],
    ['get pods -n shop -A', '--namespace: contradicts --all-namespaces'],
    ['get pods -w -o json', '--watch: does not go with -o json'],
  ])('%s', async (line, sentence) => {
    const fleet = line.includes('--') ? line.replace(' -- ', ' --fleet fleet.yaml -- ') : line;
    const words = fleet.includes('--fleet') ? fleet : `${fleet} --fleet fleet.yaml`;
    const { code, out, err } = await caller(files).call(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
  });

  it('says where a fleet comes from when none is named', async () => {
    const { code, err } = await caller(files).call('get pods');
    expect(code).toBe(2);
    expect(err).toContain('set LITTORAL_FLEET');
  });
});
