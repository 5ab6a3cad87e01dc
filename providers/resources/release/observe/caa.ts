/** CAA of certificates: looked up where an app asks for it, before an authority is asked for a certificate. */
import type { CaaRecord } from 'node:dns';
import { CAA_ANNOTATION, CHALLENGE_ANNOTATION } from '../../../../constructs/certificates';
import type { Manifest } from '../../../../constructs/model/app/workload';
import { EdgeError } from '../../../../constructs/parsing';
import { eachOf } from '../../../clusters/parallel';
import { type CaaLookup, caaTrouble } from '../../../dns/question/caa';

/** A host that an authority is to issue for. */
export interface CaaQuestion {
  readonly host: string;
  /** Domain of the authority in CAA records. */
  readonly authority: string;
  readonly challenge: string | undefined;
}

/** What was found. */
export interface CaaFindings {
  /** Hosts whose records forbid it. */
  readonly errors: readonly EdgeError[];
  /** Hosts of which nobody answers. */
  readonly warnings: readonly string[];
}

/** Hosts that are looked up at the same time. */
const PARALLELISM = 8;

/** Every host once, whatever the number of clusters. */
export function caaQuestions(manifests: readonly Manifest[]): readonly CaaQuestion[] {
  const questions = new Map<string, CaaQuestion>();
  for (const { kind, metadata, spec } of manifests) {
    const annotations = (metadata.annotations ?? {}) as Readonly<Record<string, string>>;
    const authority = annotations[CAA_ANNOTATION];
    if (kind !== 'Certificate' || authority === undefined) continue;
    const challenge = annotations[CHALLENGE_ANNOTATION];
    const { dnsNames = [] } = (spec ?? {}) as { readonly dnsNames?: readonly string[] };
    for (const host of dnsNames) {
      questions.set(`${host} ${authority} ${challenge}`, { host, authority, challenge });
    }
  }
  return [...questions.values()];
}

/** Looks at the records of every host; each name is looked up once. */
export async function caaFindings(
  questions: readonly CaaQuestion[],
  lookup: CaaLookup,
): Promise<CaaFindings> {
  const known = new Map<string, Promise<readonly CaaRecord[]>>();
  const once: CaaLookup = (name) => {
    const answer = known.get(name) ?? lookup(name);
    known.set(name, answer);
    return answer;
  };
  const found = await eachOf(questions, PARALLELISM, async ({ host, ...issuing }) => {
    try {
      const summary = await caaTrouble(host, issuing, once);
      return summary === undefined ? {} : { error: forbidden(host, summary) };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'no answer';
      return {
        warning: `whether ${issuing.authority} may issue for ${host} is not known: its CAA records cannot be looked up (${code})`,
      };
    }
  });
  return {
    errors: found.flatMap(({ error }) => error ?? []),
    warnings: found.flatMap(({ warning }) => warning ?? []),
  };
}

function forbidden(host: string, summary: string): EdgeError {
  return new EdgeError({
    code: 'GuardStopped',
    path: 'exposure.tls.caa',
    summary: `${host} would get no certificate: ${summary}`,
    remedy: 'Add a CAA record for the authority, or use an issuer that the records name.',
  });
}
