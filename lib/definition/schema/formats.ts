/** The formats of JSON Schema and OpenAPI. Each is checked in time linear to the text, or refuses a long text at once. */
type FormatCheck = (text: string) => boolean;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const UNRESERVED = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[\da-f]{2})*$/i;
const SCHEME = /^[a-z][a-z\d+\-.]*:/i;

/** A format whose texts are never longer than `most`. */
const short = (most: number, pattern: RegExp): FormatCheck => (text) => text.length <= most && pattern.test(text); // prettier-ignore
const anything: FormatCheck = () => true;

const isUri = (text: string) => SCHEME.test(text) && UNRESERVED.test(text);
const isHostname = short(253, /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*\.?$/i);
const isIpv4 = short(15, /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/);

export const FORMATS: ReadonlyMap<string, FormatCheck> = new Map<string, FormatCheck>([
  ['date', isDay],
  ['time', isTime],
  ['date-time', isMoment],
  ['iso-date-time', isMoment],
  ['duration', short(100, /^P(?!$)(?:(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|\d+W)$/)],
  ['email', short(320, /^[a-z\d!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z\d!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i)],
  ['hostname', isHostname],
  ['ipv4', isIpv4],
  ['ipv6', isIpv6],
  ['uri', isUri],
  ['url', (text) => /^(?:https?|ftp):\/\//i.test(text) && UNRESERVED.test(text) && URL.canParse(text)],
  ['uri-reference', (text) => UNRESERVED.test(text)],
  ['uri-template', (text) => /^(?:[^\s"'<>\\^`{|}]|\{[^\s{}]+\})*$/.test(text)],
  ['uuid', short(45, /^(?:urn:uuid:)?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i)],
  ['json-pointer', (text) => /^(?:\/(?:[^~/]|~0|~1)*)*$/.test(text)],
  ['relative-json-pointer', (text) => /^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~0|~1)*)*)$/.test(text)],
  ['regex', isRegex],
  ['byte', (text) => text.length % 4 === 0 && /^[a-z\d+/]*={0,2}$/i.test(text)],
  ['password', anything],
  ['binary', anything],
]); // prettier-ignore

const within = (bits: number) => (value: number) => Number.isInteger(value) && Math.abs(value + 0.5) < 2 ** (bits - 1); // prettier-ignore

export const NUMBER_FORMATS: ReadonlyMap<string, (value: number) => boolean> = new Map([
  ['int32', within(32)],
  ['int64', within(64)],
  ['float', () => true],
  ['double', () => true],
]);

function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0));
}

/** A leap second is only at the end of a day, which the offset may shift. */
function isTime(text: string): boolean {
  const found = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|([+-])(\d\d)(?::?(\d\d))?)$/i.exec(text);
  if (!found) return false;
  const [hour, minute, second, hours = 0, minutes = 0] = [1, 2, 3, 5, 6].map((i) => Number(found[i] ?? 0)) as [number, number, number, number, number];
  if (hour > 23 || minute > 59 || hours > 23 || minutes > 59) return false;
  const utc = hour * 60 + minute - (found[4] === '-' ? -1 : 1) * (hours * 60 + minutes);
  return second <= 59 || (second === 60 && (utc + 1440) % 1440 === 1439);
}

function isMoment(text: string): boolean {
  return /^[t\s]$/i.test(text[10] ?? '') && isDay(text.slice(0, 10)) && isTime(text.slice(11));
}

/** Eight groups of hexadecimal digits; one row of zeros may be left out, and an IPv4 address may stand for the last two. */
function isIpv6(text: string): boolean {
  if (text.length > 45) return false;
  const last = text.slice(text.lastIndexOf(':') + 1);
  const given = last.includes('.') ? (isIpv4(last) ? `${text.slice(0, -last.length)}0:0` : '') : text;
  const halves = given.split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (halves.length > 2 || !groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

function isRegex(text: string): boolean {
  if (text.length > 10_000) return false;
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
