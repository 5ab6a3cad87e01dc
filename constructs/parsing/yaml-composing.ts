/** Composes YAML that is not nested too deep: the library recurses into nested values, and Node ends without an error where it then runs out of stack inside a regular expression. */
import {
  Composer,
  type CST,
  type Document,
  type DocumentOptions,
  LineCounter,
  type ParseOptions,
  Parser,
  type SchemaOptions,
  YAMLParseError,
} from 'yaml';
import { NestedTooDeep } from './plain-value';

/** How to compose; a line counter is filled where one is given. */
export type ComposeOptions = Omit<ParseOptions, 'prettyErrors'> & DocumentOptions & SchemaOptions;

/** Nested values up to here are composed; the callers' own limits are lower, and name the place. */
const maxNesting = 600;

/** What composeYaml does. */
export function composeShallow(text: string, options: ComposeOptions): Document.Parsed {
  const { lineCounter = new LineCounter() } = options;
  const parser = new Parser(lineCounter.addNewLine);
  const composer = new Composer({ ...options, prettyErrors: false });
  let document: Document.Parsed | undefined;
  for (const one of composer.compose(shallow(parser.parse(text)), true, text.length)) {
    if (document === undefined) {
      document = one as Document.Parsed;
      continue;
    }
    if (options.logLevel === 'silent') break;
    const [start, end] = one.range;
    const message = 'Source contains multiple documents';
    document.errors.push(new YAMLParseError([start, end], 'MULTIPLE_DOCS', message));
    break;
  }
  if (document === undefined) throw new Error('unreachable: forced to compose at least one');
  return document;
}

function* shallow(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  for (const token of tokens) {
    refuseDeep(token);
    yield token;
  }
}

/** Without recursion, which is what it guards against. */
function refuseDeep(root: CST.Token): void {
  const open: (readonly [token: CST.Token, depth: number])[] = [[root, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [token, depth] = next;
    if (depth > maxNesting) throw new NestedTooDeep(`nested more than ${maxNesting} deep`);
    if (token.type === 'document' && token.value !== undefined) open.push([token.value, depth]);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items as readonly CST.CollectionItem[]) {
      if (key !== undefined && key !== null) open.push([key, depth + 1]);
      if (value !== undefined) open.push([value, depth + 1]);
    }
  }
}
