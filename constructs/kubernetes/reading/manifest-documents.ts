/** Manifest documents: cuts a text where kubectl does, at lines that start with --- or between JSON values, and reads each part. */
import { readKubectlYaml, type YamlProblem, type YamlValue } from './kubectl-yaml';

/** The text of a file with Kubernetes objects: YAML of any number of documents, or JSON; Helm's output too. */
export interface ManifestText {
  /** YAML or JSON, one or more objects. */
  readonly text: string;
  /** Named in errors. */
  readonly file?: string;
}

/** One document that is not empty. */
export interface ManifestDocument {
  /** Position among the documents that are not empty, counted from 1. */
  readonly number: number;
  /** Lines are those of the whole text, counted from 1. */
  readonly content: YamlValue | YamlProblem;
}

interface Part {
  readonly text: string;
  /** Lines of the whole text before it. */
  readonly before: number;
  /** When the cut itself is wrong. */
  readonly problem?: YamlProblem;
}

/** All documents of a text with objects; parts with nothing but comments are left out. */
export function readManifestDocuments(text: string): readonly ManifestDocument[] {
  const clean = text.startsWith('\ufeff') ? text.slice(1) : text;
  const parts = jsonParts(clean) ?? yamlParts(clean.replaceAll('\r\n', '\n'));
  const documents: ManifestDocument[] = [];
  for (const { text: one, before, problem } of parts) {
    const content = problem ?? readKubectlYaml(one);
    if ('value' in content && content.value === null) continue;
    documents.push({ number: documents.length + 1, content: moved(content, before) });
  }
  return documents;
}

function moved(content: YamlValue | YamlProblem, before: number): YamlValue | YamlProblem {
  if ('value' in content) return { ...content, lineOf: (path) => content.lineOf(path) + before };
  return { ...content, line: content.line + before };
}

function yamlParts(text: string): readonly Part[] {
  const parts: Part[] = [];
  let lines: string[] = [];
  let before = 0;
  const all = text.split('\n');
  all.forEach((written, index) => {
    // Files put together with cat bring their byte order marks along.
    const line = written.startsWith('\ufeff') ? written.slice(1) : written;
    if (!line.startsWith('---')) {
      lines.push(line);
      return;
    }
    parts.push({ text: `${lines.join('\n')}\n`, before });
    [lines, before] = [[], index + 1];
    const rest = line.slice(3).trim();
    if (rest === '' || rest.startsWith('#')) return;
    const summary = 'got a line that starts with --- and goes on, expected --- alone';
    const remedy = 'Put what follows on the next line.';
    parts.push({ text: '', before: index, problem: { summary, remedy, line: 1 } });
  });
  return [...parts, { text: lines.join('\n'), before }];
}

/** The values of a text that is nothing but JSON, or undefined. */
function jsonParts(text: string): readonly Part[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const parts: Part[] = [];
  for (let start = 0, line = 0; start < text.length; ) {
    const end = endOfJson(text, start);
    const one = text.slice(start, end);
    if (one.trim() === '') break;
    if (!isJson(one)) return undefined;
    // A tab is no indentation in YAML; in JSON it is never inside a text.
    parts.push({ text: one.replaceAll('\t', ' ').replaceAll('\r', ' '), before: line });
    line += one.split('\n').length - 1;
    start = end;
  }
  return parts;
}

/** Where the object that starts after `start` ends. */
function endOfJson(text: string, start: number): number {
  const marks = /["{}[\]]/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const [mark] = found;
    if (mark === '"') {
      const quoted = /(?:[^"\\]|\\.)*"/sy;
      quoted.lastIndex = marks.lastIndex;
      if (!quoted.test(text)) return text.length;
      marks.lastIndex = quoted.lastIndex;
    } else if (mark === '{' || mark === '[') depth++;
    else if (--depth === 0) return marks.lastIndex;
  }
  return text.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
