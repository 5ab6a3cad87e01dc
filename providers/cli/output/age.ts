/** Ages as Kubernetes writes them: `45s`, `7m30s`, `3h`, `12d`. */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago, in at most two units (k8s.io/apimachinery, HumanDuration). Seconds; less than nothing is `0s`. */
export function ageText(seconds: number): string {
  const age = Math.max(0, Math.floor(seconds));
  const two = (large: number, letter: string, small: number, other: string) => {
    const rest = Math.floor((age % large) / small);
    return `${Math.floor(age / large)}${letter}${rest === 0 ? '' : `${rest}${other}`}`;
  };
  if (age < 2 * minute) return `${age}s`;
  if (age < 10 * minute) return two(minute, 'm', 1, 's');
  if (age < 3 * hour) return `${Math.floor(age / minute)}m`;
  if (age < 8 * hour) return two(hour, 'h', minute, 'm');
  if (age < 2 * day) return `${Math.floor(age / hour)}h`;
  if (age < 8 * day) return two(day, 'd', hour, 'h');
  return `${Math.floor(age / day)}d`;
}
