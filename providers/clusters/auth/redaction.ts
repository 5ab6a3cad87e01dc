/** Keeps secrets, and what a terminal would obey, out of texts that servers wrote. */

/** Makes a text fit to be shown. */
export type Redact = (text: string) => string;

const maxLength = 1200;
const secretLooking: readonly RegExp[] = [
  /\b(Bearer|Basic)\s+[A-Za-z0-9+/._~=-]{8,}/gi,
  /\beyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]+){0,2}/g,
  /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)-----[\s\S]*?(-----END [A-Z ]+-----|$)/g,
];
/** What programs write for people may have secrets of any form, beside their names. */
const secretLookingInPrograms: readonly RegExp[] = [
  // https://user:password@host
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
  // token=..., "password": "...", --client-secret ...
  /(?<=(token|secret|passw(or)?d|api[-_]?key|access[-_]?key|credentials?)"?( |\s*[=:]\s*"?))(?=\S{4})(?!(is|was|has|not|may|the|for|of|from|expired|cannot|could|must|with|in|at|to|and|or|file|provider|plugin|cache|request|helper)\b)[^\s"',;]+/gi,
  // A long run of letters and digits is a key or a token.
  /\b(?=[A-Za-z0-9+_-]*\d)(?=[A-Za-z0-9+_-]*[A-Za-z])[A-Za-z0-9+_-]{32,}={0,2}/g,
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g;

/** The texts in what a program wrote as its answer that may be secrets, whatever their form. */
export function secretsIn(output: string): readonly string[] {
  return output.split(/[\s"',:{}[\]]+/).filter((word) => word.length >= 8);
}

/** Hides the given secrets, everything that looks like one, and control characters; long texts are cut. */
export function redacting(secrets: () => readonly string[]): Redact {
  return hiding(secrets, secretLooking);
}

/** As `redacting`, for what a program wrote: also what stands beside a word such as password, and every long run of letters and digits. */
export function redactingProgram(secrets: readonly string[]): Redact {
  return hiding(() => secrets, [...secretLooking, ...secretLookingInPrograms]);
}

function hiding(secrets: () => readonly string[], patterns: readonly RegExp[]): Redact {
  return (text) => {
    let clean = text.replace(control, ' ');
    for (const secret of secrets()) {
      if (secret.length >= 4) clean = clean.replaceAll(secret, '***');
    }
    for (const pattern of patterns) clean = clean.replace(pattern, '***');
    return clean.length > maxLength ? `${clean.slice(0, maxLength)} ...` : clean;
  };
}
