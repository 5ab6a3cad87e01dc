/** What the objects of an exposure are made of. */
import type { Exposure } from '../../model/app/exposure';

/** An app and where its requests go. */
export interface ExposedProps {
  readonly app: string;
  readonly namespace: string;
  readonly exposure: Exposure;
  /** Name of the Service. */
  readonly component: string;
  readonly port: number;
}
