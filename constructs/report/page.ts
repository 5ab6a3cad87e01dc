/** Page: data, script and style as one HTML file that asks nobody for anything. */
import { createHash } from 'node:crypto';
import { grouped, milliseconds, usd } from '../model/numbers';
import { proof } from '../placement';
import { pageParts } from './page-parts';
import type { ReportApp, ReportData } from './report-data';

/** The page. Only the script and the style that are in it may run: a policy in its head forbids all else, the network too. */
export function pageOf(data: ReportData): string {
  const { script, style, land } = pageParts;
  const policy = [
    "default-src 'none'",
    `script-src '${digestSource(script)}'`,
    `style-src '${digestSource(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const title = `${escaped(data.title)} · placement report`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main id="report">
<h1>${title}</h1>
<p>Decided at ${escaped(data.now)}. Maps and charts need scripts, which are off here.</p>
<ul>
${data.apps.map((app) => `<li>${escaped(inWords(app))}</li>`).join('\n')}
</ul>
</main>
<script type="text/plain" id="land">${land}</script>
<script type="application/json" id="data">${scriptSafe(JSON.stringify(data))}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** How a policy names a text that may run. */
function digestSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function inWords(app: ReportApp): string {
  if (!app.satisfied) return `${app.app}: no placement satisfies the policy`;
  const { clusters, requestsPerSecond, p95, usdPerHour, gap } = app;
  return `${app.app}: ${clusters} clusters, ${grouped(requestsPerSecond)} requests/s, p95 ${milliseconds(p95)}, ${usd(usdPerHour)} USD/h, ${proof(gap)}`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is no markup. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** JSON that cannot end the element it is in, nor begin a comment there. */
export function scriptSafe(json: string): string {
  return json.replace(/[<>\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
