/** Random manifest files: the same objects in the many ways in which people and tools write YAML. */

/** A number in [0, 1). */
export type Random = () => number;

/** Mulberry32: the same numbers from the same seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function oneOf<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

const pieces = [
  ...['0', '1', '7', '8', '9', 'a', 'e', 'E', 'x', 'o', 'b', 'f', '_', '.', '+', '-', ':', '0x'],
  ...['0o', '0b', '00', '1e', 'e+', '.5', 'yes', 'no', 'on', 'off', 'y', 'n', 'Y', 'N', 'true'],
  ...['null', '~', 'TRUE', 'Null', '.inf', '.nan', '-.inf', '+.INF', '12', '1000', '0777', '0o777'],
  ...['9223372036854775807', '9223372036854775808', '18446744073709551616', '9007199254740993'],
  ...['2026-11-21', '22:30', '12:30:45', '<<', '=', 'T10:00:00Z', ' x', 'é', '/', '\\', '$', '('],
  ...['1_000', '_1', '0x1F', '0b101', '1.10', '47704e5', '1e3', '-0', '+1', '0.0', "'", '" #'],
];

/** One to three pieces that mean something in some version of YAML. */
export function scalarText(random: Random): string {
  const count = 1 + Math.floor(random() * 3);
  return Array.from({ length: count }, () => oneOf(random, pieces)).join('');
}

const keys = ['a', 'b', 'name', '"q k"', "'s'", 'yes', '1', '0123', '1.5', 'a.b/c', 'x y', '~x'];
const values = [
  ...['x', '1', '0400', '0o17', 'yes', '1.10', "'it''s'", 'null', '', '~', '22:30', '2026-11-21'],
  ...['"q: \\n \\u00e9 \\x41"', 'http://a/b?c=d#e', 'a: b', '- x', '"multi\n    line"'],
  ...['plain\n    multi\n\n    line', '|\n    text\n      more\n\n    end', '|-\n    text\n\n'],
  ...['|+\n    text\n\n', '>\n    fold\n    ed\n\n    par', '>-\n    a\n      b\n    c'],
  ...['!!str 12', '!!int "7"', '!!float 1', '!!binary aGVsbG8=', '*x', '*none', '&x v', '! 12'],
  ...['[1, two, "3", {a: 1}]', '{a: 1, "b": yes, c: [x]}', '[]', '{}', '{"j":"s","k":[1,2.50]}'],
  ...['# c', 'x # c', 'x#c', '"#"', '%x', '@x', '`x', 'a,b', '[a,\n    b]', '{a: 1,\n    b: 2}'],
  ...['.5', '1e400', '9007199254740993', '😀', 'a\tb', '-', '--- x', '!foo bar', '!!null x'],
];

/** A block of maps and lists, `indent` deep. */
export function blockText(random: Random, indent = 0, depth = 0): string {
  const margin = ' '.repeat(indent);
  const isList = random() < 0.3;
  const used = new Set<string>();
  let text = '';
  if (!isList && depth > 0 && random() < 0.1) {
    text += `${margin}<<: ${oneOf(random, ['*m', '[*m, {z: 2}]', '{y: 1}', '*x', 'no'])}\n`;
  }
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
    const key = oneOf(random, keys);
    if (used.has(key)) continue;
    used.add(key);
    const head = isList ? `${margin}-` : `${margin}${key}:`;
    if (random() < 0.35 && depth < 4) {
      const anchor = random() < 0.15 ? ` &${oneOf(random, ['m', 'x'])}` : '';
      text += `${head}${anchor}\n${blockText(random, indent + (isList || random() < 0.85 ? 2 : 0), depth + 1)}`;
    } else text += `${head} ${oneOf(random, values).replaceAll('\n    ', `\n${margin}    `)}\n`;
    if (random() < 0.05) text += oneOf(random, ['\n', '# comment\n', `${margin}# c\n`, '   \n']);
  }
  return text;
}

/** One or several documents. */
export function documentsText(random: Random): string {
  const one = () =>
    `${random() < 0.5 ? 'base: &m {p: 1, q: [2]}\n' : ''}${random() < 0.3 ? 'anc: &x {w: 1}\n' : ''}${blockText(random)}`;
  let text = one();
  while (random() < 0.3) {
    const cut = ['---\n', '--- # c\n', '---  \n', '--- x\n', '---\n# only\n---\n', '...\n---\n'];
    text += `${oneOf(random, cut)}${one()}`;
  }
  const start = random();
  if (start < 0.1) text = `${start < 0.05 ? '\ufeff' : '---\n'}${text}`;
  return random() < 0.05 ? text.replaceAll('\n', '\r\n') : text;
}

const texts = [
  ...['x', '"8080"', '"0123"', '22:30', '2026-11-21', "'yes'", '"null"', '1.2.3', '!!str 12', '""'],
  ...['|\n      a: 1\n      b', '>-\n      folded\n      text', '"\\u00e9\\n"', 'a#b', '*t', '0x'],
];
const notTexts = ['8080', '0123', 'yes', '1.10', '47704e5', 'on', '~', 'null', '[a]', '{a: b}'];
const text = (random: Random) => oneOf(random, random() < 0.98 ? texts : notTexts);
const small = (random: Random) =>
  oneOf(random, ['1', '2', '0o3', '0x2', '3.0', '1e0', '"4"', '~', '010', '0b11', '1_0', 'no']);
const mode = (random: Random) => oneOf(random, ['0400', '0o644', '420', '0x1a4', '0o400', '256']);
const truth = (random: Random) => oneOf(random, ['yes', 'no', 'true', 'off', 'On', '~', 'FALSE']);

type Writer = (random: Random, name: string) => string;
const head = (apiVersion: string, kind: string, name: string, random: Random) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${oneOf(random, ['', '', '  namespace: default\n', '  namespace:\n', '  namespace: ""\n', '  labels: {a: "1"}\n', '  labels:\n', `  annotations:\n    note: ${text(random).replaceAll('\n  ', '\n    ')}\n`, '  creationTimestamp: null\n'])}`;

const configMap: Writer = (random, name) =>
  `${head('v1', 'ConfigMap', name, random)}data:\n  t: &t word\n  a: ${text(random)}\n  b: ${text(random)}\n${random() < 0.3 ? `immutable: ${truth(random)}\n` : ''}`;
const secret: Writer = (random, name) =>
  `${head('v1', 'Secret', name, random)}stringData:\n  t: &t word\n  a: ${text(random)}\n${random() < 0.3 ? `data: {b: ${oneOf(random, ['eA==', '"eA=="', 'e A', '1234', '""', '~'])}}\n` : ''}`;
const service: Writer = (random, name) =>
  `${head('v1', 'Service', name, random)}spec:\n  selector: {app: x}\n  ports:\n  - {name: http, port: ${oneOf(random, ['80', '0x50', '"80"', '80.0', '0o120'])}, targetPort: ${oneOf(random, ['8080', 'http', '"8080"', '~'])}}\n${random() < 0.2 ? '  type:\n' : ''}`;
const deployment: Writer = (random, name) => `${head('apps/v1', 'Deployment', name, random)}spec:
  replicas: ${small(random)}
  selector: {matchLabels: {app: x}}
  template:
    metadata: {labels: {app: x}}
    spec:
      containers:
      - name: web
        image: r.example/w:1
        resources: &r {requests: {cpu: ${oneOf(random, ['1', '100m', '0.5', '1.50', '"2"'])}, memory: 64Mi}}
        env:
        - {name: T, value: &t word}
        - name: A
          value: ${text(random).replaceAll('\n  ', '\n        ')}
${random() < 0.2 ? '        args: [a, "1"]\n' : ''}${random() < 0.02 ? '        args: [a, 1]\n' : ''}      - {name: side, image: "r.example/s:1", resources: {<<: *r, limits: {cpu: 4}}, tty: ${truth(random)}}
      volumes:
      - name: v
        secret: {secretName: s, defaultMode: ${mode(random)}}
${random() < 0.2 ? '      nodeSelector:\n' : ''}${random() < 0.1 ? '      tolerations: ~\n' : ''}`;
const role: Writer = (random, name) =>
  `${head('rbac.authorization.k8s.io/v1', 'Role', oneOf(random, [name, `"${name}:x"`]), random)}rules:\n- {apiGroups: [""], resources: [pods], verbs: [get, ${oneOf(random, ['list', '"on"', 'on'])}]}\n`;
const typedList: Writer = (random, name) =>
  `apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: ${name}}\n  data: {a: ${oneOf(random, texts.slice(0, 10))}}\n`;
/** kubectl refuses null in the data of a list, though not outside of one. */
const list: Writer = (random, name) =>
  `apiVersion: v1\nkind: List\nitems:\n- ${configMap(random, name)
    .replaceAll(/\b([ab]|note): (?:~|null)\n/g, '$1: x\n')
    .trimEnd()
    .replaceAll('\n', '\n  ')}\n`;
const json: Writer = (random, name) =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: oneOf<unknown>(random, ['x', '0123', 12, 1.5, null, true, '\u{1f600}', '/']) } }, null, oneOf(random, ['\t', '  ', '']))}\n`;
const broken: Writer = (random, name) =>
  oneOf(random, [
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {nam: ${name}}\n`,
    `kind: ConfigMap\nmetadata: {name: ${name}}\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: *none}\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: .inf}\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\nspec: {a: b}\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name.toUpperCase()}}\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: ${name}-}\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {a: 1}}\n`,
  ]);

const writers: readonly Writer[] = [
  ...[configMap, configMap, secret, service, deployment, deployment, deployment],
  ...[role, typedList, list, json, broken],
];

/** A file with one to three objects, named `f<number>-<position>`. */
export function manifestFile(random: Random, number: number): string {
  const count = random() < 0.8 ? 1 : 1 + Math.floor(random() * 3);
  const documents = Array.from({ length: count }, (_, index) =>
    oneOf(random, writers)(random, `f${number}-${index}`),
  );
  return documents.join(oneOf(random, ['---\n', '---\n', '--- # next\n', '---\n# only\n---\n']));
}
