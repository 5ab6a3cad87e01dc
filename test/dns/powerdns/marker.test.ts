/** The marker of a host: what is written is read back, and what others wrote is no marker. */
import * as fc from 'fast-check';
import {
  type Marker,
  markerContent,
  markerName,
  readMarker,
} from '../../../providers/dns/powerdns/marker';

const answers = fc.array(
  fc.record({ target: fc.string({ minLength: 1 }), share: fc.constantFrom(1, 0.5, 0.25) }),
  { minLength: 1, maxLength: 3 },
);
const markers: fc.Arbitrary<Marker> = fc.record({
  owner: fc.string({ unit: 'grapheme' }),
  app: fc.string(),
  decision: fc.string(),
  decidedAt: fc.constant('2026-11-30T05:30:00Z'),
  slots: fc.dictionary(fc.stringMatching(/^[a-z]+-[A-Z]{2}$/), answers, { maxKeys: 40 }),
});

describe('a marker', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(markers, (marker) => {
        expect(readMarker(markerContent(marker))).toEqual(marker);
      }),
    );
  });

  it('is a TXT record: printable ASCII in strings of at most 255 bytes', () => {
    fc.assert(
      fc.property(markers, (marker) => {
        for (const part of markerContent(marker).match(/"(?:[^"\\]|\\.)*"/g) ?? []) {
          expect(part.slice(1, -1).replace(/\\(.)/g, '$1').length).toBeLessThanOrEqual(255);
          expect(part).toMatch(/^[ -~]*$/);
        }
      }),
    );
  });

  it('is nothing that others write', () => {
    for (const text of [
      '"v=spf1 -all"',
      '"heritage=external-dns,external-dns/owner=default"',
      '"{\\"littoral\\":2}"',
      '"{"',
      '',
    ]) {
      expect(readMarker(text)).toBeUndefined();
    }
  });

  it('has a name that is no wildcard', () => {
    expect(markerName('shop.example.com')).toBe('_littoral.shop.example.com.');
    expect(markerName('*.example.com')).toBe('_littoral._wildcard.example.com.');
  });
});
