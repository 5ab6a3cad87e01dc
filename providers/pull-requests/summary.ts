/** Summary: one comment for each name, edited in place, below the size limit, with what was reviewed in its marker. */
import type { Forge } from './forge';

/** Which comment this is, so that two of a repository do not overwrite each other. */
export function markerOf(name: string): string {
  return `<!-- littoral: ${name.replace(/[^A-Za-z0-9._/ -]/g, '')} -->`;
}

/** The text with its marker, cut at a line so that it has at most `most` characters. */
export function withinLimit(text: string, marker: string, most: number): string {
  const whole = `${marker}\n${text}`;
  if (whole.length <= most) return whole;
  const note = '\n\nThe rest did not fit: the report of this job has all of it.\n';
  // A cut inside of a block of code would swallow the note.
  const close = '\n```';
  const kept = whole.slice(0, most - note.length - close.length);
  const lines = kept.slice(0, Math.max(kept.lastIndexOf('\n'), marker.length));
  const isOpen = (lines.match(/^```/gm) ?? []).length % 2 === 1;
  return `${lines}${isOpen ? close : ''}${note}`;
}

/** Writes the comment, or writes over the one that is there. Says which; `same` sends nothing. */
export async function comment(
  forge: Forge,
  number: number,
  name: string,
  text: string,
): Promise<'created' | 'edited' | 'same'> {
  const marker = markerOf(name);
  const wanted = withinLimit(text, marker, forge.mostCharacters);
  const [found] = (await forge.ownComments(number)).filter((one) => one.text.startsWith(marker));
  if (found === undefined) {
    await forge.createComment(number, wanted);
    return 'created';
  }
  if (found.text.replaceAll('\r\n', '\n').trimEnd() === wanted.trimEnd()) return 'same';
  await forge.editComment(number, found.id, wanted);
  return 'edited';
}
