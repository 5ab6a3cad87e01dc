/** A mistake in a program ends as a sentence: whatever Pulumi adds to the error, and however it prints it. */
import { inspect } from 'node:util';
import { EdgeError } from '../../constructs/parsing/errors';
import { Mistake, orMistake } from '../../providers/pulumi/runtime/mistake';

const error = new EdgeError({
  code: 'SourceFailed',
  path: 'file',
  summary: 'there is none',
  remedy: 'Correct the path.',
});

describe('a mistake', () => {
  it('says where, what and what to do', async () => {
    const failed = orMistake(() => {
      throw error;
    });
    await expect(failed).rejects.toThrow('file: there is none. Correct the path.');
    await expect(failed).rejects.toBeInstanceOf(Mistake);
  });

  // Pulumi inspects every error it reports; with a resource attached that was everything the program has.
  it('is printed as its message alone, however many properties held it', () => {
    const mistake = Object.assign(new Mistake([error]), { resource: { all: ['planted'] } });
    mistake.message = `error serializing property "fleet": ${mistake.message}`;
    expect(inspect(mistake)).toBe('file: there is none. Correct the path.');
    expect(mistake.message).toBe('file: there is none. Correct the path.');
  });

  it('is not made of a defect', async () => {
    const failed = orMistake(() => {
      throw new TypeError('a defect');
    });
    await expect(failed).rejects.toBeInstanceOf(TypeError);
  });
});
