/** Ids that sort by the time they were made. */
import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;
/** A ULID's time has 48 bits, its ten digits have 50. */
const MAX_FIRST_DIGIT = 7;

let lastTime = 0;
let lastRandom: number[] = [];

function encodeTime(time: number): string {
  let text = "";
  for (let rest = time, i = 0; i < TIME_DIGITS; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Undefined if there is no larger one. */
function increment(digits: number[]): number[] | undefined {
  const next = [...digits];
  for (let i = next.length - 1; i >= 0; i--) {
    const digit = next[i] ?? 0;
    if (digit < 31) {
      next[i] = digit + 1;
      return next;
    }
    next[i] = 0;
  }
  return undefined;
}

function draw(): number[] {
  return Array.from(randomBytes(RANDOM_DIGITS), (byte) => byte % 32);
}

/**
 * A new ULID (https://github.com/ulid/spec): 26 characters, unique across machines, in order of making within a process
 * also when several are made in one millisecond or the clock steps back.
 */
export function newId(now: number = Date.now()): string {
  const next = now > lastTime ? undefined : increment(lastRandom);
  if (next === undefined) lastTime = Math.max(now, lastTime + 1);
  lastRandom = next ?? draw();
  return encodeTime(lastTime) + lastRandom.map((digit) => ALPHABET.charAt(digit)).join("");
}

/** Makes ids to come sort after this one, also if the clock was set back between sessions. Anything but a ULID is ignored. */
export function sortAfter(id: string): void {
  const time = timeOf(id);
  if (time === undefined || time < lastTime) return;
  const random = Array.from(id.slice(TIME_DIGITS), (character) => ALPHABET.indexOf(character));
  if (time === lastTime && id < encodeTime(lastTime) + lastRandom.map((digit) => ALPHABET.charAt(digit)).join(""))
    return;
  lastTime = time;
  lastRandom = random;
}

/** When an id was made, in milliseconds since 1970; undefined for anything but a ULID. */
export function timeOf(id: string): number | undefined {
  const digits = Array.from(id, (character) => ALPHABET.indexOf(character));
  if (digits.length !== TIME_DIGITS + RANDOM_DIGITS || digits.includes(-1) || digits[0]! > MAX_FIRST_DIGIT)
    return undefined;
  return digits.slice(0, TIME_DIGITS).reduce((sum, digit) => sum * 32 + digit, 0);
}
