/** Quantities: writes and reads amounts of CPU and memory as Kubernetes does. */

/** `250m`; Kubernetes knows no less than a thousandth of a core, so fractions round up. */
export function cpuQuantity(millicores: number): string {
  return `${Math.ceil(millicores)}m`;
}

/** `256Mi`, or `Ki` rounded up when it is not a whole number of mebibytes. */
export function memoryQuantity(mebibytes: number): string {
  return Number.isInteger(mebibytes) ? `${mebibytes}Mi` : `${Math.ceil(mebibytes * 1024)}Ki`;
}

const multiples: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** The amount in cores or bytes: `250m` is 0.25, `1Ki` is 1024. Undefined for anything that is no quantity. */
export function quantityValue(quantity: unknown): number | undefined {
  if (typeof quantity === 'number') return quantity;
  if (typeof quantity !== 'string') return undefined;
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i|)$/.exec(
    quantity,
  );
  return found === null ? undefined : Number(found[1]) * multiples[found[2]!]!;
}
