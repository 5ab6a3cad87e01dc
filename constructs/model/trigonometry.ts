/**
 * Sine, cosine, arc sine and powers by plain arithmetic, so that every machine computes the same digits. The language does
 * not fix the digits of `Math.sin`, and compilers for some processors fuse multiplications and additions.
 */

// The algorithms and constants are those of fdlibm (s_sin.c, s_cos.c, e_asin.c, e_rem_pio2.c), which carries this notice:
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunSoft, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.

const halfPiHigh = 1.5707963267341256;
const halfPiLow = 6.077100506506192e-11;
const halfPiMiddle = 6.077100506303966e-11;
const halfPiRest = 2.0222662487959506e-21;
const quarterPi = 0.7853981633974483;

/** The sine of an angle of at most a few turns, in radians; less than one unit of the last digit off. */
export function sine(angle: number): number {
  return quadrant(angle, 0);
}

/** The cosine of an angle of at most a few turns, in radians; less than one unit of the last digit off. */
export function cosine(angle: number): number {
  return quadrant(angle, 1);
}

/** Sine of the angle after `turns` quarter turns more: what is left beyond whole quarters, in two parts, is looked up. */
function quadrant(angle: number, turns: number): number {
  if (Math.abs(angle) <= quarterPi)
    return turns === 0 ? sineNearZero(angle, 0) : cosineNearZero(angle, 0);
  const quarters = Math.floor(Math.abs(angle) * (2 / Math.PI) + 0.5);
  const [high, low] = beyond(Math.abs(angle), quarters);
  const sign = angle < 0 ? -1 : 1;
  const at = (sign * quarters + turns) & 3;
  const value =
    (at & 1) === 0
      ? sineNearZero(sign * high, sign * low)
      : cosineNearZero(sign * high, sign * low);
  return at < 2 ? value : -value;
}

/** `angle` less so many quarter turns, whose length takes more digits than one number has. */
function beyond(angle: number, quarters: number): readonly [number, number] {
  let rest = angle - quarters * halfPiHigh;
  let lost = quarters * halfPiLow;
  if (Math.abs(rest - lost) < angle * 2 ** -16) {
    const whole = rest;
    const taken = quarters * halfPiMiddle;
    rest = whole - taken;
    lost = quarters * halfPiRest - (whole - rest - taken);
  }
  const high = rest - lost;
  return [high, rest - high - lost];
}

function sineNearZero(x: number, low: number): number {
  if (Math.abs(x) < 2 ** -27) return x;
  const z = x * x;
  const v = z * x;
  const r =
    8.33333333332249e-3 +
    z *
      (-1.984126982985795e-4 +
        z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  const third = 0.16666666666666632;
  return low === 0 ? x + v * (z * r - third) : x - (z * (0.5 * low - v * r) - low + v * third);
}

function cosineNearZero(x: number, low: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -27) return 1;
  const z = x * x;
  const r =
    z *
    (0.0416666666666666 +
      z *
        (-1.388888888887411e-3 +
          z *
            (2.480158728947673e-5 +
              z *
                (-2.7557314351390663e-7 +
                  z * (2.087572321298175e-9 + z * -1.1359647557788195e-11)))));
  if (size < 0.3) return 1 - (0.5 * z - (z * r - x * low));
  const part = size > 0.78125 ? 0.28125 : highHalf(size / 4);
  return 1 - part - (0.5 * z - part - (z * r - x * low));
}

const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);
/** Of the two halves in memory, the one that holds the last digits. */
const lastHalf = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;

/** The number without its last 32 binary digits. */
function highHalf(value: number): number {
  bits[0] = value;
  halves[lastHalf] = 0;
  return bits[0];
}

/** The angle in radians whose sine this is, 0 to 1; less than one unit of the last digit off. */
export function arcSine(value: number): number {
  if (value < 0.5) return value < 2 ** -27 ? value : value + value * ratio(value * value);
  const half = (1 - value) * 0.5;
  const root = Math.sqrt(half);
  const r = ratio(half);
  if (value >= 0.975) return Math.PI / 2 - (2 * (root + root * r) - 6.123233995736766e-17);
  const high = highHalf(root);
  const rest = (half - high * high) / (root + high);
  const p = 2 * root * r - (6.123233995736766e-17 - 2 * rest);
  return quarterPi - (p - (quarterPi - 2 * high));
}

/** (asin(x) - x) / x by z = x * x up to a quarter: a quotient of polynomials. */
function ratio(z: number): number {
  const p =
    z *
    (0.16666666666666666 +
      z *
        (-0.3255658186224009 +
          z *
            (0.20121253213486293 +
              z * (-0.04005553450067941 + z * (7.915349942898145e-4 + z * 3.479331075960212e-5)))));
  const q =
    1 +
    z *
      (-2.403394911734414 +
        z * (2.0209457602335057 + z * (-0.6882839716054533 + z * 0.07703815055590194)));
  return p / q;
}

/** `base` to the power of a share from 0 to 1: the product of square roots of square roots, which every machine rounds alike. */
export function power(base: number, share: number): number {
  let result = 1;
  let [root, rest] = [base, share];
  for (let digit = 0; digit < 53; digit++) {
    root = Math.sqrt(root);
    rest *= 2;
    if (rest < 1) continue;
    result *= root;
    rest -= 1;
  }
  return result;
}
