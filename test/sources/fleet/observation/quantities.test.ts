/** Quantities: what Kubernetes writes, in our units. */
import {
  capacityOf,
  remaining,
  requestsOf,
  tryQuantity,
} from '../../../../providers/sources/fleet/observation/quantities';

it.each<[string, number | undefined]>([
  ['1', 1],
  ['250m', 0.25],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['2Gi', 2 ** 31],
  ['500M', 5e8],
  ['1e3', 1000],
  ['12E2', 1200],
  ['1E', 1e18],
  ['128974848', 128974848],
  ['64Ki', 65536],
  ['100n', 1e-7],
  ['', undefined],
  ['ki', undefined],
  ['1 Gi', undefined],
  ['1KiB', undefined],
])('%s is %s', (text, value) => {
  expect(tryQuantity(text)).toBe(value);
});

it('a node says what its pods may use', () => {
  expect(
    capacityOf({ cpu: '3920m', memory: '2Gi', pods: '110', 'ephemeral-storage': '1' }),
  ).toEqual({
    cpuMillicores: 3920,
    memoryMebibytes: 2048,
    pods: 110,
  });
});

it('what remains is whole and never negative', () => {
  const a = { cpuMillicores: 100.4, memoryMebibytes: 10, pods: 1 };
  const b = { cpuMillicores: 0.5, memoryMebibytes: 20, pods: 0 };
  expect(remaining(a, b)).toEqual({ cpuMillicores: 99, memoryMebibytes: 0, pods: 1 });
});

describe('a pod requests', () => {
  const cpu = (value: string, restartPolicy?: string) => ({
    resources: { requests: { cpu: value } },
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
  });
  const millicores = (spec: NonNullable<Parameters<typeof requestsOf>[0]['spec']>) =>
    requestsOf({ spec }).cpuMillicores;

  it('what its containers request together, and its overhead', () => {
    expect(millicores({ containers: [cpu('1'), cpu('250m')], overhead: { cpu: '50m' } })).toBe(
      1300,
    );
  });

  it('what its largest init step requests when that is more', () => {
    expect(millicores({ containers: [cpu('1')], initContainers: [cpu('3'), cpu('2')] })).toBe(3000);
  });

  it('its sidecars beside both', () => {
    const initContainers = [cpu('500m', 'Always'), cpu('1')];
    expect(millicores({ containers: [cpu('1200m')], initContainers })).toBe(1700);
    expect(millicores({ containers: [cpu('100m')], initContainers })).toBe(1500);
  });

  it('nothing when it says nothing, but it is one pod', () => {
    expect(requestsOf({})).toEqual({ cpuMillicores: 0, memoryMebibytes: 0, pods: 1 });
  });
});
