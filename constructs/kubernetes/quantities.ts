/** Quantities: writes amounts of CPU and memory as Kubernetes does. */

/** `250m`; Kubernetes knows no less than a thousandth of a core, so fractions round up. */
export function cpuQuantity(millicores: number): string {
  return `${Math.ceil(millicores)}m`;
}

/** `256Mi`, or `Ki` rounded up when it is not a whole number of mebibytes. */
export function memoryQuantity(mebibytes: number): string {
  return Number.isInteger(mebibytes) ? `${mebibytes}Mi` : `${Math.ceil(mebibytes * 1024)}Ki`;
}
