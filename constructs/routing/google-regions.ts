/** Regions of Google Cloud, by which its DNS tells users apart: data/cloud-regions.csv as a module, because constructs read no files. */
import type { Point } from '../model/geography';

/** Name, degrees north, degrees east. */
const table = [
  'africa-south1 -26.2 28.04, asia-east1 24.15 120.68, asia-east2 22.28 114.17',
  'asia-northeast1 35.69 139.69, asia-northeast2 34.69 135.5, asia-northeast3 37.57 126.98',
  'asia-south1 19.07 72.88, asia-south2 28.65 77.23, asia-southeast1 1.29 103.85',
  'asia-southeast2 -6.21 106.85, australia-southeast1 -33.87 151.21',
  'australia-southeast2 -37.81 144.96, europe-central2 52.23 21.01, europe-north1 60.57 27.2',
  'europe-north2 59.33 18.07, europe-southwest1 40.42 -3.7, europe-west1 50.45 3.95',
  'europe-west10 52.52 13.41, europe-west12 45.07 7.69, europe-west2 51.51 -0.13',
  'europe-west3 50.12 8.68, europe-west4 53.22 6.57, europe-west6 47.37 8.55',
  'europe-west8 45.46 9.19, europe-west9 48.85 2.35, me-central1 25.29 51.53',
  'me-central2 26.43 50.1, me-west1 32.08 34.78, northamerica-northeast1 45.51 -73.59',
  'northamerica-northeast2 43.7 -79.42, northamerica-south1 20.59 -100.39',
  'southamerica-east1 -23.55 -46.64, southamerica-west1 -33.46 -70.65',
  'us-central1 41.26 -95.86, us-east1 32.78 -79.93, us-east4 39.04 -77.49, us-east5 39.96 -83',
  'us-south1 32.78 -96.81, us-west1 45.59 -121.18, us-west2 34.05 -118.24',
  'us-west3 40.76 -111.89, us-west4 36.17 -115.14',
];

/** Where every region is, by name. */
export const googleRegions: ReadonlyMap<string, Point> = new Map(
  table
    .join(', ')
    .split(', ')
    .map((one) => {
      const [name = '', latitude, longitude] = one.split(' ');
      return [name, { latitude: Number(latitude), longitude: Number(longitude) }];
    }),
);
