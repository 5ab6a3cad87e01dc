/** Keeps secrets, and what a terminal would obey, out of texts that servers wrote. */

/** Makes a text fit to be shown. */
export type Redact = (text: string) => string;

const maxLength = 1200;
const secretLooking: readonly RegExp[] = [
  /\b(Bearer|Basic)\s+[A-Za-z0-9+/._~=-]{8,}/gi,
  /\beyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]+){0,2}/g,
  /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)-----[\s\S]*?(-----END [A-Z ]+-----|$)/g,
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g;

/** Hides the given secrets, everything that looks like one, and control characters; long texts are cut. */
export function redacting(secrets: () => readonly string[]): Redact {
  return (text) => {
    let clean = text.replace(control, ' ');
    for (const secret of secrets()) {
      if (secret.length >= 4) clean = clean.replaceAll(secret, '***');
    }
    for (const pattern of secretLooking) clean = clean.replace(pattern, '***');
    return clean.length > maxLength ? `${clean.slice(0, maxLength)} ...` : clean;
  };
}
