/** Inputs: types of what may be given now or later, and documents as text on their way to a provider. */
import type * as pulumi from '@pulumi/pulumi';

/** A value without parts. */
type Plain = string | number | boolean | null | undefined;
/** A function; it is passed on as it is. */
type Callable = (...args: never[]) => unknown;

/** A value of which every part may be an output of another resource. */
export type Deep<T> = unknown extends T
  ? pulumi.Input<unknown>
  : T extends Plain | Callable
    ? pulumi.Input<T>
    : T extends readonly (infer Item)[]
      ? pulumi.Input<readonly Deep<Item>[]>
      : pulumi.Input<{ readonly [Key in keyof T]: Deep<T[Key]> }>;

/** A document, or its JSON text. */
export type DocumentInput<T extends object> = pulumi.Input<T | string>;

/** JSON text: Pulumi drops nulls from objects, and documents may hold some. */
export function jsonText(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}
