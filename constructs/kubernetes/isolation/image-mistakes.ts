/** Image mistakes: images of registries that an app does not allow, and those that a tag may change. */

import type { Bundle } from '../../model/app/bundle';
import type { Images } from '../../model/app/images';
import { EdgeError, quoted } from '../../parsing';
import { isObject } from '../json-pointer';
import { objectName } from '../kinds';

interface Use {
  readonly image: string;
  readonly where: string;
}

/** Every image of the bundle and of its overrides that the app does not allow, each once. */
export function imageMistakes(images: Images | undefined, bundle: Bundle): readonly EdgeError[] {
  if (images === undefined) return [];
  const { registries, requireDigest = false } = images;
  const used = new Map(usesOf(bundle).map((use) => [use.image, use]));
  return [...used.values()].flatMap(({ image, where }) => {
    const found: EdgeError[] = [];
    const say = (path: string, what: string, remedy: string) =>
      found.push(
        new EdgeError({
          code: 'Contradiction',
          path,
          summary: `${where} has the image ${quoted(image)}, ${what}`,
          remedy,
        }),
      );
    const full = fullName(image);
    const isAllowed = registries?.some((one) => full.startsWith(`${one}/`)) ?? true;
    if (!isAllowed) {
      const known = (registries ?? []).join(', ');
      say('images.registries', `which is of none of ${known}`, 'Use an image of one of them.');
    }
    if (requireDigest && !/@sha256:[0-9a-f]{64}$/.test(image)) {
      say(
        'images.requireDigest',
        'which no digest pins',
        'Add @sha256: and the digest of the image.',
      );
    }
    return found;
  });
}

/** With its registry, as container runtimes complete a name: `docker.io/library/nginx:1` for `nginx:1`. */
function fullName(image: string): string {
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  if (first === 'localhost' || /[.:]/.test(first)) return image;
  return slash < 0 ? `docker.io/library/${image}` : `docker.io/${image}`;
}

function usesOf({ objects, overrides, app }: Bundle): readonly Use[] {
  const ofObjects = objects.flatMap(({ manifest }) =>
    imagesIn(manifest).map((image) => ({ image, where: objectName(manifest) })),
  );
  const ofOverrides = overrides.flatMap(({ set, patch }) => {
    const own = set?.image === undefined ? [] : [set.image];
    return [...own, ...imagesIn(patch)].map((image) => ({ image, where: `an override of ${app}` }));
  });
  return [...ofObjects, ...ofOverrides];
}

const lists = ['containers', 'initContainers', 'ephemeralContainers'];

/** The images of all containers and of volumes in a value, wherever its kind has its pods. */
function imagesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const here = lists.includes(key) && Array.isArray(member) ? (member as unknown[]) : [];
    const images = here.flatMap((one) => (isObject(one) ? one.image : undefined));
    if (key === 'volumes' && Array.isArray(member)) images.push(...volumeImages(member));
    return [...images.filter((one) => typeof one === 'string'), ...imagesIn(member)];
  });
}

/** Volumes whose files are those of an image. */
function volumeImages(volumes: readonly unknown[]): readonly unknown[] {
  return volumes.flatMap((one) =>
    isObject(one) && isObject(one.image) ? one.image.reference : undefined,
  );
}
