/** The certificate: what it claims to prove is proved again, and the bounds in the decision are no more than that. */
import type { PlacementDecision } from '../../model/decision';
import type { Answer } from '../input/answer';
import type { Part } from '../input/answer-reader';
import { type Notes, slack } from '../input/findings';
import type { Asked } from '../rules/evaluation';
import { huntAlone, huntTogether, sumOf } from './bound';
import { walkProof } from './dual-proof';
import { capacityCost, leastWithRent, readTariffs } from './joint-bound';
import { anyLegal } from './restrictions';

/** A satisfied app: what it says, what was asked, what follows. */
export interface Satisfied {
  readonly part: Part;
  readonly asked: Asked;
  readonly answer: Answer;
  /** The clusters stand past a limit as it is written, which what was asked is not. */
  readonly isPast?: true;
}

/** Bounds of all satisfied apps against the certificate. */
export function checkCertificate(
  decision: PlacementDecision,
  apps: readonly Satisfied[],
  notes: Notes,
): void {
  const { kind, apps: proofs = [] } = decision.certificate;
  if (apps.some((one) => isBeyondProof(one, apps.length))) {
    notes.skip(
      'certificate',
      'what bounds are worth beside clusters that stand within leaveMargin',
    );
    return;
  }
  const names = proofs.map(({ app }) => app);
  const expected = apps.map(({ part }) => part.said.app);
  for (const [index, name] of names.entries()) {
    if (name !== expected[index]) {
      notes.say(
        `certificate.apps[${index}].app`,
        `got ${name}, expected ${expected[index] ?? 'no more'}`,
      );
    }
  }
  if (names.length < expected.length) {
    notes.say('certificate', `got no proof for ${expected.slice(names.length).join(', ')}`);
  }
  const { limitPrices } = decision.certificate;
  if (limitPrices !== undefined && kind !== 'joint') {
    notes.say('certificate.limitPrices', 'got prices, but the proof is not a joint one');
  }
  if (kind === 'joint' && limitPrices !== undefined) {
    checkRent(decision, apps, limitPrices, notes);
    return;
  }
  if (kind === 'joint') {
    checkJoint(decision, apps, notes);
    return;
  }
  if (apps.length > 0 || kind !== undefined) {
    notes.same('certificate.kind', kind, 'independent');
  }
  for (const one of apps) {
    const index = names.indexOf(one.part.said.app);
    const proof = proofs[index];
    const path = `certificate.apps[${index}]`;
    if (proof?.kind === 'enumeration') checkEnumeration(one, apps.length === 1, notes);
    else if (proof?.kind === 'dual') checkDual(one, proof, path, notes);
    else notes.say('certificate', `got no proof that is known for ${one.part.said.app}`);
  }
}

/** Beside other apps, or where no set keeps the policy as it is written, nobody can tell what a bound was of. */
function isBeyondProof({ isPast, asked }: Satisfied, apps: number): boolean {
  return isPast === true && (apps > 1 || typeof anyLegal(asked) === 'string');
}

/** Alone on the fleet, no set is cheaper than the bound, and, unless the value is the bound, one is as cheap. */
function checkEnumeration({ part, asked }: Satisfied, isOnly: boolean, notes: Notes): void {
  const { bound, value } = part.said.objective;
  const { best, end } = huntAlone(asked, bound);
  const path = `${part.at}.objective.bound`;
  if (best !== undefined && sumOf(best) < bound - slack(bound)) {
    notes.say(path, `got ${bound}, expected at most ${sumOf(best)}: ${namesOf(best)} costs that`);
  } else if (end !== 'all') {
    notes.say(path, `got ${bound} by enumeration, which is too much to look through again`);
  } else if (isOnly && best === undefined && value > bound + slack(value)) {
    notes.say(path, `got ${bound}, but no answer costs so little`);
  }
}

function checkDual(
  { part, asked }: Satisfied,
  proof: Parameters<typeof walkProof>[1],
  path: string,
  notes: Notes,
): void {
  for (const step of [proof, ...(proof.steps ?? [])]) {
    checkOrigins(asked, step.originPrices, path, notes);
  }
  const { proved, complaints, unsettled } = walkProof(asked, proof);
  if (unsettled > 0) {
    notes.skip(path, `what ${unsettled} of the sets that the proof leaves cost at least`);
  }
  for (const complaint of complaints) notes.say(path, `got ${complaint}`);
  if (proof.bound > proved + slack(proved)) {
    notes.say(`${path}.bound`, `got ${proof.bound}, but the prices prove no more than ${proved}`);
  }
  const { bound, value } = part.said.objective;
  const most = Math.min(proof.bound, value);
  if (Math.abs(bound - most) > slack(most, proved)) {
    notes.say(`${part.at}.objective.bound`, `got ${bound}, but the certificate proves ${most}`);
  }
}

/** The bounds of the apps hold as a sum: with their rent no app costs less, and all there is to rent costs no more. */
function checkRent(
  decision: PlacementDecision,
  apps: readonly Satisfied[],
  limitPrices: NonNullable<PlacementDecision['certificate']['limitPrices']>,
  notes: Notes,
): void {
  const facts = apps.map(({ asked }) => asked.facts);
  if (facts.length === 0) return;
  const { byCluster, complaints } = readTariffs(limitPrices, facts[0]!);
  for (const complaint of complaints) notes.say('certificate.limitPrices', `got ${complaint}`);
  const rent = capacityCost(byCluster, facts);
  let [proved, claimed] = [-rent, 0];
  for (const [index, { part, asked }] of apps.entries()) {
    const proof = decision.certificate.apps?.[index];
    const path = `certificate.apps[${index}]`;
    if (proof?.kind !== 'dual') {
      notes.say(`${path}.kind`, `got ${proof?.kind ?? 'nothing'}, expected dual`);
      return;
    }
    if (proof.steps !== undefined || proof.rulePrices !== undefined) {
      notes.say(path, 'got steps or prices of rules, which a joint proof does not have');
    }
    checkOrigins(asked, proof.originPrices, path, notes);
    proved += leastWithRent(asked, byCluster, proof.originPrices);
    claimed += proof.bound;
    const { bound, value } = part.said.objective;
    const most = Math.min(proof.bound, value);
    if (Math.abs(bound - most) > slack(most)) {
      notes.say(`${part.at}.objective.bound`, `got ${bound}, but the certificate says ${most}`);
    }
  }
  if (!(claimed <= proved + slack(proved))) {
    notes.say(
      'certificate.apps',
      `got bounds of ${claimed} in sum, but the prices prove no more than ${proved}`,
    );
  }
}

function checkOrigins(
  { facts }: Asked,
  originPrices: Readonly<Record<string, number>>,
  path: string,
  notes: Notes,
): void {
  const origins = new Set(facts.origins.map(({ name }) => name));
  for (const name of Object.keys(originPrices)) {
    if (!origins.has(name))
      notes.say(`${path}.originPrices.${name}`, 'got a price for no origin with demand');
  }
}

/** The bounds of the apps hold as a sum: no combination of sets is cheaper. */
function checkJoint(decision: PlacementDecision, apps: readonly Satisfied[], notes: Notes): void {
  const bound = apps.reduce((sum, { part }) => sum + part.said.objective.bound, 0);
  for (const [index, proof] of (decision.certificate.apps ?? []).entries()) {
    notes.same(`certificate.apps[${index}].kind`, proof.kind, 'enumeration');
  }
  const { best, end } = huntTogether(
    apps.map(({ asked }) => asked),
    bound,
  );
  if (best !== undefined && sumOf(best) < bound - slack(bound)) {
    notes.say(
      'objective.bound',
      `got ${bound}, expected at most ${sumOf(best)}: ${namesOf(best)} costs that`,
    );
  } else if (end !== 'all') {
    notes.say(
      'objective.bound',
      `got ${bound} by enumeration, which is too much to look through again`,
    );
  }
}

function namesOf(answers: readonly Answer[]): string {
  const sets = answers.map(({ facts, chosen }) =>
    chosen.map((cluster) => facts.clusters[cluster]!.name).join(', '),
  );
  return sets.join('; ');
}
