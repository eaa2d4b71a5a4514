import type { Json, JsonObject, Scalar } from '../json.ts';
import { parseDuration } from './duration.ts';
import { isEmailAddress, parseEmailAddress } from './email-address.ts';
import { describe, readLine } from './fields.ts';
import type { Read } from './fields.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { canonicalLanguage, canonicalTimezone, isCurrency, knownCurrencies, knownTimezones } from './locale.ts';
import { isKey, isStepId, slug } from './slug.ts';
import { nearest } from './suggest.ts';
import type { EmailAddress } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

const UNITS = 'weeks, days, hours, minutes and seconds, e.g. `30 minutes` or `1 day 12 hours`';

export const readDuration: Read<number> = (reading, tree) => {
  const text = readLine()(reading, tree);
  const durationMs = parseDuration(text);
  if (text === '') return 0;
  if (durationMs === null) {
    const mend = /^\d+$/.test(text) ? `Say the unit: \`${text} hours\`, \`${text} days\`.` : `Write whole ${UNITS}.`;
    report(reading, tree, 'invalid_duration', `\`${text}\` is not a duration.`, mend);
  } else if (durationMs === 0) {
    report(reading, tree, 'invalid_duration', 'A duration must be longer than nothing.', `Write whole ${UNITS}.`);
  } else if (durationMs > DEFINITION_LIMITS.maxDurationMs) {
    report(reading, tree, 'invalid_duration', `\`${text}\` is longer than ten years.`, 'Shorten it.');
  }
  return durationMs ?? 0;
};

export const readKey: Read<string> = (reading, tree) => {
  const key = readLine()(reading, tree);
  if (key === '' || isKey(key)) return key;
  const better = slug(key).normalize('NFKD').replace(/[^a-z0-9_-]+/g, '');
  const mend = `Use small letters, digits and hyphens, at most ${DEFINITION_LIMITS.maxKeyLength}${isKey(better) ? `: \`${better}\`` : ''}.`;
  report(reading, tree, 'invalid_key', `\`${key}\` is not a valid key.`, mend);
  return key;
};

/** The id of a step or rule. */
export const readStepId: Read<string> = (reading, tree) => {
  const id = readLine()(reading, tree);
  if (id !== '' && !isStepId(id)) report(reading, tree, 'invalid_key', `\`${id}\` is not a valid step id.`, `Use letters, digits and hyphens${slug(id) === '' ? '' : `: \`${slug(id)}\``}.`);
  return id;
};

export const readBoolean: Read<boolean> = (reading, tree) => {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value;
  report(reading, tree, 'wrong_type', `This must be \`true\` or \`false\`, not ${describe(tree)}.`, 'Write `true` or `false`.');
  return true;
};

/** A number that survives JSON and arithmetic. */
export function readNumber(reading: Reading, tree: Tree): number {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'number') {
    report(reading, tree, 'wrong_type', `This must be a number, not ${describe(tree)}.`, 'Write digits without quotes.');
    return 1;
  }
  if (!(Math.abs(tree.value) <= Number.MAX_SAFE_INTEGER)) {
    report(reading, tree, 'invalid_number', `\`${tree.source}\` is too large to be kept exactly.`, 'Put it in quotes to make it a text.');
  }
  return tree.value === 0 ? 0 : tree.value;
}

/** A text, a number, true, false or null. */
export const readScalar: Read<Scalar> = (reading, tree) => {
  if (tree.kind !== 'scalar') {
    report(reading, tree, 'wrong_type', `This must be a single value, not ${describe(tree)}.`, 'To compare with several values write `in: [a, b]`.');
    return null;
  }
  if (typeof tree.value === 'number') return readNumber(reading, tree);
  if (typeof tree.value === 'string' && /[\0\uD800-\uDFFF]/u.test(tree.value)) {
    report(reading, tree, 'invalid_text', 'The text holds a character that cannot be kept (NUL or half of a pair).', 'Remove it.');
  }
  return tree.value;
};

/** Anything. */
export const readJson: Read<Json> = (reading, tree) => {
  if (tree.kind === 'list') return tree.items.map((item) => readJson(reading, item));
  return tree.kind === 'map' ? readJsonObject(reading, tree) : readScalar(reading, tree);
};

export function readJsonObject(reading: Reading, tree: Tree, except: readonly string[] = []): JsonObject {
  const object: JsonObject = {};
  if (tree.kind !== 'map') {
    report(reading, tree, 'wrong_type', `This is made of keys and values, not ${describe(tree)}.`, 'Write `name: value`.');
    return object;
  }
  for (const { key, keyPlace, value } of tree.entries) {
    if (except.includes(key)) continue;
    // Assigning it would change the object's prototype instead of adding a key.
    if (key === '__proto__' || key === '') report(reading, keyPlace, 'invalid_key', `\`${key}\` cannot be a name here.`, 'Choose another name.');
    else object[key] = readJson(reading, value);
  }
  return object;
}

export const readEmail: Read<string> = (reading, tree) => {
  const text = readLine()(reading, tree);
  if (text !== '' && !isEmailAddress(text)) {
    report(reading, tree, 'invalid_email', `\`${text}\` is not an e-mail address.`, 'Write one such as `help@example.com`.');
  }
  return text;
};

export const readSender: Read<EmailAddress> = (reading, tree) => {
  const text = readLine()(reading, tree);
  const address = parseEmailAddress(text);
  if (address !== null) return address;
  if (text !== '') report(reading, tree, 'invalid_email', `\`${text}\` is not a sender.`, 'Write `"Shop <shop@example.com>"` or an address alone.');
  return { name: null, address: '' };
};

export const readTimezone: Read<string> = (reading, tree) => {
  const text = readLine()(reading, tree);
  const zone = canonicalTimezone(text);
  if (zone !== null || text === '') return zone ?? text;
  const probable = nearest(text, knownTimezones());
  const mend = probable === null ? 'Write an IANA name such as `Europe/Berlin` or `UTC`.' : `Did you mean \`${probable}\`?`;
  report(reading, tree, 'invalid_timezone', `\`${text}\` is not an IANA time zone.`, mend);
  return text;
};

export const readCurrency: Read<string> = (reading, tree) => {
  const text = readLine()(reading, tree);
  if (text === '' || isCurrency(text)) return text;
  const probable = nearest(text, knownCurrencies());
  const mend = probable === null ? 'Write three capital letters such as `EUR`.' : `Did you mean \`${probable}\`?`;
  report(reading, tree, 'invalid_currency', `\`${text}\` is not an ISO 4217 currency.`, mend);
  return text;
};

export const readLanguage: Read<string> = (reading, tree) => {
  const text = readLine()(reading, tree);
  const language = text === '' ? text : canonicalLanguage(text);
  if (language !== null) return language;
  report(reading, tree, 'invalid_language', `\`${text}\` is not a language tag.`, 'Write a BCP 47 tag such as `en`, `fa` or `pt-BR`.');
  return text;
};
