/** Tells the content of a file from its path: `file("~/.kube/config")` where a path is asked for is a common mistake, and content may be secret. */

/** True for texts with line breaks, for JSON, for JSON Web Tokens, and for more than 255 characters without a slash: no file has such a name. */
export function isContent(path: string): boolean {
  return /[\n\r]|[{[]\s*"|[^/\\]{256}|(^|\/)eyJ[\w-]{10,}\./.test(path);
}
