/** One resource as Pulumi's engine keeps it: checked, compared, created, updated, refreshed and removed by its rules. */
import type { Bag, DynamicProvider } from '../../providers/pulumi/runtime/property-bag';

/** Thrown for inputs that a check refused. */
export class Refused extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(reasons.join('; '));
  }
}

/** What an update would do. */
export interface Preview {
  readonly step: 'same' | 'create' | 'update' | 'replace';
  readonly inputs: Bag;
}

/** Made, but not finished, as the server of dynamic providers reads it from what is thrown. */
interface Unfinished extends Error {
  readonly id?: string;
  readonly properties?: Bag;
  readonly reasons?: readonly string[];
}

/** A stack of one resource. */
export class Stack {
  id = '';
  inputs: Bag = {};
  outs: Bag = {};
  /** A resource that was not finished is updated whatever its diff says. */
  unfinished = false;
  /** What the last update did. */
  did: Preview['step'] = 'same';

  constructor(readonly life: DynamicProvider) {}

  /** `pulumi preview`. Throws Refused. */
  async preview(news: Bag): Promise<Preview> {
    const { inputs, failures = [] } = await this.life.check(this.inputs, news);
    if (failures.length > 0) {
      throw new Refused(failures.map(({ property, reason }) => `${property}: ${reason}`));
    }
    if (this.id === '') return { step: 'create', inputs };
    const { changes, replaces = [] } = await this.life.diff(this.id, this.outs, inputs);
    if (replaces.length > 0) return { step: 'replace', inputs };
    return { step: changes || this.unfinished ? 'update' : 'same', inputs };
  }

  /** `pulumi up`; gives why it is not finished, one reason per line. Throws Refused, and what is no answer of a provider. */
  async up(news: Bag): Promise<readonly string[]> {
    const { step, inputs } = await this.preview(news);
    this.did = step;
    try {
      if (step === 'create') {
        const { id, outs } = await this.life.create(inputs);
        Object.assign(this, { id, outs });
      } else if (step !== 'same') {
        this.outs = (await this.life.update(this.id, this.outs, inputs)).outs;
      }
      this.inputs = inputs;
      this.unfinished = false;
      return [];
    } catch (thrown) {
      const { id, properties, reasons = [] } = thrown as Unfinished;
      if (id === undefined || properties === undefined) throw thrown;
      Object.assign(this, { id, outs: properties, inputs, unfinished: true });
      return reasons;
    }
  }

  /** `pulumi refresh`. */
  async refresh(): Promise<void> {
    if (this.id === '') return;
    const { id, props = {}, inputs } = await this.life.read(this.id, this.outs);
    if (id === '') this.forget();
    else Object.assign(this, { id, outs: props, ...(inputs === undefined ? {} : { inputs }) });
  }

  /** `pulumi import`: what a read without a state finds. */
  async adopt(id: string): Promise<void> {
    const { id: known, props = {}, inputs = {} } = await this.life.read(id, {});
    Object.assign(this, { id: known, outs: props, inputs });
  }

  /** `pulumi destroy`. */
  async destroy(): Promise<void> {
    if (this.id !== '') await this.life.delete(this.id, this.outs);
    this.forget();
  }

  /** The state file is gone. */
  forget(): void {
    Object.assign(this, { id: '', inputs: {}, outs: {}, unfinished: false });
  }
}
