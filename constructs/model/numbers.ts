/** Numbers for people: the same text on every machine, in every locale. */

/** `1,284.5`: thousands separated by commas, exactly `decimals` decimals. */
export function grouped(value: number, decimals = 0): string {
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const text = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (fraction ? `.${fraction}` : '');
  const sign = value < 0 && /[1-9]/.test(text) ? '-' : '';
  return `${sign}${text}`;
}

/** About three significant digits: 1,284 · 412 · 41.0 · 4.20 · 0.07 · 0. */
export function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 99.95) return grouped(value);
  return grouped(value, size >= 9.995 ? 1 : 2);
}

/** Milliseconds: `38 ms`, `9.3 ms`. */
export function milliseconds(value: number): string {
  return `${bareMilliseconds(value)} ms`;
}

/** Milliseconds without their unit, for `61 -> 38 ms`. */
export function bareMilliseconds(value: number): string {
  const size = Math.abs(value);
  return grouped(value, size > 0 && size < 9.95 ? 1 : 0);
}

/** `4.10`; below a cent as many decimals as it takes to see something. */
export function usd(value: number): string {
  const size = Math.abs(value);
  return grouped(value, size > 0 && size < 0.095 ? 4 : 2);
}

/** `+0.62`, `-1.10`, `0.00`. */
export function signed(text: string): string {
  return /^-/.test(text) || !/[1-9]/.test(text) ? text : `+${text}`;
}

/** A share as a percentage: `41 %`, `0.4 %`, `0.003 %`. */
export function percent(share: number): string {
  const value = share * 100;
  const size = Math.abs(value);
  if (size === 0) return '0 %';
  const decimals = size >= 9.95 ? 0 : size >= 0.095 ? 1 : size >= 0.00095 ? 3 : 0;
  return size < 0.00095 ? 'under 0.001 %' : `${grouped(value, decimals)} %`;
}

/** `1 cluster`, `5 clusters`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
