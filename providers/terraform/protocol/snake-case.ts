/** Snake case: keys of documents as Terraform spells them. */

/** `usdPerHour` -> `usd_per_hour`. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
