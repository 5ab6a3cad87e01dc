/** What the fixture loads only when it fails: in the executable it lies in the part that is compiled late. */
import { EdgeError } from '../../constructs/parsing/errors';

/** Throws an EdgeError about the attribute at `path`. */
export async function refuse(path: string, summary: string): Promise<never> {
  throw new EdgeError({ code: 'InvalidDocument', path, summary, remedy: 'Do not tell it to.' });
}
