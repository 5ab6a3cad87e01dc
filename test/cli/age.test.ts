/** Ages are written as Kubernetes writes them. */
import { ageText } from '../../providers/cli/output/age';

describe('an age', () => {
  // From the tests of k8s.io/apimachinery/pkg/util/duration.
  it.each([
    [-5, '0s'],
    [0.9, '0s'],
    [70, '70s'],
    [190, '3m10s'],
    [599, '9m59s'],
    [600, '10m'],
    [50 * 60, '50m'],
    [179 * 60, '179m'],
    [3 * 3600, '3h'],
    [3.5 * 3600, '3h30m'],
    [7 * 3600 + 59 * 60, '7h59m'],
    [20 * 3600, '20h'],
    [47 * 3600, '47h'],
    [49 * 3600, '2d1h'],
    [191 * 3600, '7d23h'],
    [30 * 86400, '30d'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(ageText(seconds)).toBe(text);
  });
});
