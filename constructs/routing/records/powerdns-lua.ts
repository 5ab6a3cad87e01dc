/** PowerDNS Lua records: one LUA RRset per host, which finds its answer in a table of countries and continents. */
import { EdgeError } from '../../parsing';
import type { RoutingTable, Slot } from '../routing-table';
import { type SlotTargets, type TypedTargets, typedTargets, weightsOf } from './targets';

/** An RRset as the HTTP API of PowerDNS takes it. */
export interface PowerDnsRrset {
  /** Name with a final dot. */
  readonly name: string;
  /** `LUA`, or the type of plain records. */
  readonly type: string;
  /** Seconds that resolvers keep an answer. */
  readonly ttl: number;
  /** Takes the place of the whole RRset: A and AAAA of a name are one. */
  readonly changetype: 'REPLACE';
  /** The records of the RRset. */
  readonly records: readonly {
    /** Type and program, as in a zone file. */
    readonly content: string;
    /** Never. */
    readonly disabled: false;
  }[];
}

/** Longest part of a text in a record. */
const PART_LENGTH = 250;
/** Longest content of a record that the HTTP API and the wire carry with ease. */
const MAX_LENGTH = 60_000;
/** Weights in a slot are at most this, so that shares are kept to a tenth of a percent. */
const MOST_WEIGHT = 1000;

/**
 * One LUA RRset per host. The map of places is one text that is searched, so that the number of instructions does not
 * grow with it: PowerDNS stops a record at 1,000. Throws EdgeErrors where an answer has no address.
 */
export function powerDnsLua(table: RoutingTable): readonly PowerDnsRrset[] {
  const types = typedTargets(table);
  return table.hosts.map((host) => ({
    name: `${host}.`,
    type: 'LUA',
    ttl: table.ttlSeconds,
    changetype: 'REPLACE',
    records: types.map((one) => ({
      content: `${one.type} ${inParts(luaOf(table, one, host))}`,
      disabled: false,
    })),
  }));
}

/** The program of one record type, as PowerDNS runs it for every query. */
export function luaOf(table: RoutingTable, { type, slots }: TypedTargets, host: string): string {
  const entries = slots.map(entryOf);
  const sets = [...new Set(entries)];
  const places = slots.map(({ slot }, index) => `${placeOf(slot)}=${sets.indexOf(entries[index])}`);
  const numbered = sets.map((entry, index) => `${index}=${entry}`);
  const program = [
    `;local m='${[...places, ...numbered].map((one) => `|${one} `).join('')}'`,
    "local function f(k) local _,e=string.find(m,'|'..k..'=',1,true) return e and string.match(m,'^%S+',e+1) end",
    // The codes are in lower case, and -- for a network of no country.
    'local C,K=string.upper(countryCode()),string.upper(continentCode())',
    "local s=f(f(C) or f('+'..K) or f('*'))",
    "local w,a,b=string.match(s,'^([^/]*)/([^/]*)/(.*)$')",
    "local function l(t) local r={} for x in string.gmatch(t,'[^,]+') do r[#r+1]=x end return r end",
    'local p,q=l(a),l(b)',
    ...weighing,
    answer(table, type, host),
  ].join(' ');
  if (program.length > MAX_LENGTH) throw tooLong(program.length, slots.length, host);
  return program;
}

/** Some countries have the code of a continent. */
function placeOf({ kind, code }: Slot): string {
  return kind === 'default' ? '*' : kind === 'continent' ? `+${code}` : code;
}

/** weights/answers/second choice, each parted by commas; weights are empty where all answers are alike. */
function entryOf({ answers, failover }: SlotTargets): string {
  const weights = weightsOf(
    answers.map(({ share }) => share),
    MOST_WEIGHT,
  );
  const isWeighted = new Set(weights).size > 1;
  const values = answers.flatMap((one) => one.values);
  const list = isWeighted
    ? answers.flatMap((one, index) => one.values.map(() => weights[index])).join(',')
    : '';
  return `${list}/${values.join(',')}/${(failover[0] ?? []).join(',')}`;
}

/** With weights the client's own answer comes first, and the others of the slot before the second choice. */
const weighing = [
  "if w~='' then local v={} for x in string.gmatch(w,'[^,]+') do v[#v+1]={tonumber(x),p[#v+1]} end",
  "local c=pickwhashed(v) if type(c)=='table' then c=c[1] end",
  'local r={} for _,x in ipairs(p) do if x~=c then r[#r+1]=x end end',
  'if #r>0 then q=r end p={c} end',
] as const;

/** The path of a probe has no quote, which would end the text. With a probe the first set that is well; when nothing is well, or before the first check, one of all that may answer. */
function answer({ probe, isSecure }: RoutingTable, type: string, host: string): string {
  // A name has one alias only, and a health check needs an address.
  if (type === 'CNAME') return 'return pickhashed(p)';
  if (probe === undefined) return 'return p';
  const url = `${isSecure ? 'https' : 'http'}://${host.replace('*', 'probe')}${probe.path}`;
  const options = `{selector='hashed',backupSelector='hashed',timeout=${probe.timeoutSeconds}}`;
  return `if #q==0 then return ifurlup('${url}',{p},${options}) end return ifurlup('${url}',{p,q},${options})`;
}

/** A long text is written in parts after spaces; PowerDNS joins them with a space or without, and either is right there. */
function inParts(text: string): string {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > PART_LENGTH) {
    const before = rest.lastIndexOf(' ', PART_LENGTH - 1) + 1;
    // A set of many addresses is one word; a part may be that long, too.
    const end = before > 0 ? before : rest.indexOf(' ') + 1;
    if (end === 0) break;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...parts, rest].map((part) => `"${part}"`).join(' ');
}

function tooLong(length: number, slots: number, host: string): EdgeError {
  return new EdgeError({
    code: 'TooLarge',
    path: 'slots',
    summary: `the Lua record of ${host} would have ${length} characters for ${slots} slots, more than ${MAX_LENGTH}`,
    remedy: 'Give clusters fewer addresses each, or use powerdns-geoip.',
  });
}
