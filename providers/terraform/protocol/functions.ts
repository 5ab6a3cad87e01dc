/** The call of a function: values in, and a value or words about one argument out. */
import { edgeErrorsOf, useOneOf } from '../../../constructs/parsing';
import type { Handler, Session } from './calls';
import { stepsOf } from './diagnostics';
import type { Provider, ProviderFunction } from './provider';
import { receive, send } from './values';

/** Answers CallFunction. */
export function functionCall(
  { functions = {} }: Provider,
  { log }: Session,
): Handler<'CallFunction'> {
  return ({ name, arguments: given }) => {
    const it = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (it === undefined) {
      const text = `This version of littoral has no function ${name}. ${useOneOf(name, Object.keys(functions))}`;
      return { error: { text } };
    }
    try {
      const values = it.parameters.map(({ type }, index) => receive(given[index], type).value);
      return { result: send(it.call(values), it.returns, []) };
    } catch (thrown) {
      return { error: errorOf(thrown, name, it, log) };
    }
  };
}

function errorOf(thrown: unknown, name: string, it: ProviderFunction, log: Session['log']) {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) {
    const stack = thrown instanceof Error ? thrown.stack : String(thrown);
    log('error', `defect in CallFunction ${name}`, { stack });
    const text =
      'The littoral provider has a defect. Run again with TF_LOG=debug and report the lines that follow "defect in" in the log.';
    return { text };
  }
  const [first] = errors;
  const [parameter] = stepsOf(first?.path ?? '');
  const index = it.parameters.findIndex((one) => one.name === parameter);
  const lines = errors.map(({ summary, remedy, path, line }) => {
    const inside = index < 0 && path !== '' ? ` at ${path}` : '';
    return `${summary}${inside}${line === undefined ? '' : `, line ${line}`}. ${remedy}`;
  });
  // Terraform ends the text with a full stop of its own.
  return { text: lines.join('\n').replace(/\.$/, ''), functionArgument: Math.max(index, 0) };
}
