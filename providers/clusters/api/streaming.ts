/** Answers that come in lines: those of a watch, one event each, and those of a log. */

import { parseExactJson } from '../../../constructs/model/exact-integer';
import { withDeadline } from '../deadline';
import type { Answer } from '../http/connection';

/** Characters of a line that are waited for; a longer one comes in parts. */
const longestLine = 1024 * 1024;

/** The lines of a body as they come, without their ends; the last one also where nothing ends it. */
export async function* linesOf({ body }: Pick<Answer, 'body'>): AsyncGenerator<string> {
  for await (const line of endedLines(body, longestLine)) yield line.replace(/\r?\n$/, '');
}

/** What a watch sends: one event a line. */
export interface StreamedEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** The events of a watch; one that was cut off in the middle is none. */
export async function* eventsOf<T>({
  body,
}: Pick<Answer, 'body'>): AsyncGenerator<StreamedEvent<T>> {
  for await (const line of endedLines(body, Number.POSITIVE_INFINITY)) {
    if (line.endsWith('\n') && line.trim() !== '') yield parseExactJson(line) as StreamedEvent<T>;
  }
}

/** Lines with their ends; what is longer than `longest` comes in parts, and what nothing ends comes last. */
async function* endedLines(body: Answer['body'], longest: number): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield `${line}\n`;
    if (rest.length > longest) {
      yield rest;
      rest = '';
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** The body of a refusal, where it comes within five seconds and is JSON. */
export function readRefusal(answer: Answer): Promise<unknown> {
  return withDeadline(5000, undefined, async (signal) => {
    signal.addEventListener('abort', () => answer.body.destroy(), { once: true });
    let text = '';
    for await (const chunk of answer.body as AsyncIterable<Buffer>) text += chunk.toString();
    return JSON.parse(text) as unknown;
  }).catch(() => undefined);
}
