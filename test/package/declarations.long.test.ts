/** What a compiler reads of the package: plain types that equal those of the schemas, documented at every field. */
import { join } from 'node:path';
import * as ts from 'typescript';
import { complaints, settings } from './consumer';

const root = join(__dirname, '../..');
const dist = join(root, 'dist');

const [setting] = settings;

it('a program compiles with libraries checked, and without what the peers bring', () => {
  const compiler = join(root, 'node_modules/typescript');
  expect(setting && complaints(compiler, setting)).toEqual([]);
});

/** Types that follow from schemas, by the entry that has them. */
const inferred = {
  'constructs/index':
    'AppDecision Bundle Certificate Cluster ClusterDecision Conflict CountedMatch DemandInput EdgeAppInput Fleet FleetInput LatencyModel Match OriginMatch Override PlacementDecision PlacementPolicy PlacementPolicyInput Rejection SectionParams Signal Taint Workload',
  'constructs/kubernetes/index': 'EdgeAppProps Fill Slot SynthProps',
};

describe('types of the declarations', () => {
  const lines = Object.entries(inferred).flatMap(([entry, names], at) => [
    `import type * as source${at} from '${join(root, entry)}';`,
    `import type * as built${at} from '${join(dist, entry)}';`,
    ...names
      .split(' ')
      .map((name) => `const ${name}: Same<source${at}.${name}, built${at}.${name}> = true;`),
    `const wrong${at}: Same<source${at}.${names.split(' ')[0]}, string> = true;`,
  ]);
  const text = `type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;\n${lines.join('\n')}\n`;
  const file = join(root, 'test/package/same-types.ts');
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, esModuleInterop: true },
    ...{ resolveJsonModule: true, types: ['node'], target: ts.ScriptTarget.ES2022 },
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, version) =>
    path === file ? ts.createSourceFile(path, text, version) : getSourceFile(path, version);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);

  it('equal those that the schemas have', () => {
    const wrong = program.getSemanticDiagnostics(source).map(({ start = 0 }) => {
      return /const (\w+)/.exec(text.slice(start - 10, start + 40))?.[1];
    });
    expect(wrong).toEqual(['wrong0', 'wrong1']);
  });

  it('say at every field what it means, however deep it lies', () => {
    const checker = program.getTypeChecker();
    const module = program.getSourceFile(join(dist, 'constructs/index.d.ts'));
    const symbol = module && checker.getSymbolAtLocation(module);
    const exported = symbol === undefined ? [] : checker.getExportsOfModule(symbol);
    const bare = ['EdgeAppInput', 'FleetInput', 'PlacementDecision'].flatMap((name) => {
      const found = exported.find((one) => one.name === name);
      expect(found).toBeDefined();
      return bareFields(checker, checker.getDeclaredTypeOfSymbol(found as ts.Symbol), name);
    });
    expect(bare).toEqual([]);
  });
});

/** Paths of the fields below a type that have no documentation. */
function bareFields(checker: ts.TypeChecker, type: ts.Type, path: string): readonly string[] {
  if (type.isUnion()) return type.types.flatMap((one) => bareFields(checker, one, path));
  const [element] = checker.isArrayType(type)
    ? checker.getTypeArguments(type as ts.TypeReference)
    : [checker.getIndexTypeOfType(type, ts.IndexKind.String)];
  if (element !== undefined && (type.flags & ts.TypeFlags.Object) !== 0) {
    return bareFields(checker, element, `${path}[]`);
  }
  if ((type.flags & ts.TypeFlags.Object) === 0 || checker.isTupleType(type)) return [];
  return checker.getPropertiesOfType(type).flatMap((field) => {
    const below = `${path}.${field.name}`;
    const said = ts.displayPartsToString(field.getDocumentationComment(checker));
    const inner = bareFields(checker, checker.getTypeOfSymbol(field), below);
    return said === '' ? [below, ...inner] : inner;
  });
}
