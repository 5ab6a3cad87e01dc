/** Delivery: the flags that say by which engine apps are delivered, and the settings that they name. */
import {
  type DeliverySettings,
  type EngineName,
  engineNames,
  parseDelivery,
} from '../../../constructs/delivery';
import { EdgeErrors, edgeErrorsOf } from '../../../constructs/parsing';
import { readDelivery } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import type { Session } from '../output/terminal';
import { type Flags, usageError, type Values } from './flags';

/** Which engine, and its settings. */
export const deliveryFlags = {
  delivery: {
    value: 'DELIVERY.yaml',
    doc: 'How apps are delivered: an engine and its settings. Default: littoral applies to every cluster itself.',
  },
} as const satisfies Flags;

/** The settings of `--delivery`; undefined without it. Throws EdgeErrors. */
export function deliveryOf(
  { delivery }: Values<typeof deliveryFlags>,
  { cwd }: Session,
): DeliverySettings | undefined {
  if (delivery === undefined) return undefined;
  return readDelivery(resolvePath(delivery, cwd), { path: '--delivery' });
}

/** The settings of `--for` and `--delivery` together; undefined without both. Throws EdgeErrors. */
export function engineFor(
  values: Values<typeof deliveryFlags> & { readonly for: string | undefined },
  session: Session,
): DeliverySettings | undefined {
  const settings = deliveryOf(values, session);
  const name = values.for;
  if (name === undefined || settings?.engine === name) return settings;
  if (settings !== undefined) {
    const summary = `got ${name}, and ${values.delivery} has the settings of ${settings.engine}`;
    throw usageError('synth', '--for', summary, `Write --for ${settings.engine}, or leave it out.`);
  }
  return byDefault(name as EngineName);
}

function byDefault(engine: EngineName): DeliverySettings {
  try {
    return parseDelivery({ engine });
  } catch (thrown) {
    if (edgeErrorsOf(thrown) === undefined) throw thrown;
    throw new EdgeErrors([
      usageError(
        'synth',
        '--for',
        `got ${engine} alone, and nothing says where the content will lie`,
        `Add --delivery DELIVERY.yaml with engine: ${engine} and source.`,
      ),
    ]);
  }
}

/** The choices of `--for`. */
export const engines = engineNames;
