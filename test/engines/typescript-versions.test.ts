/** Programs in every supported version of TypeScript compile with libraries checked. */
import { complaints, settings } from '../package/consumer';
import { installed, whyNoInstall } from './installed';

const versions = ['5.4.5', '5.9.3', '6.0.3'];
const reason = whyNoInstall();

if (reason !== undefined) {
  it.skip(`other versions of TypeScript: ${reason}`, () => {});
} else {
  it.each(versions)(
    'TypeScript %s has nothing to say',
    async (version) => {
      const home = await installed(`typescript-${version}`, 'typescript', version);
      expect(settings.map((setting) => complaints(home, setting))).toEqual([[], [], []]);
    },
    600_000,
  );
}
