import { ar } from './words/ar.js';
import { en } from './words/en.js';
import { fa } from './words/fa.js';
import { he } from './words/he.js';

const ALL = { en, ar, fa, he };

/** Which digits, calendar and direction go with a language; `other` is the calendar shown beside. */
const WAYS = {
  en: { locale: 'en-GB', direction: 'ltr', other: null },
  ar: { locale: 'ar-u-nu-arab-ca-gregory', direction: 'rtl', other: 'ar-u-nu-arab-ca-islamic-umalqura' },
  fa: { locale: 'fa-u-nu-arabext-ca-persian', direction: 'rtl', other: 'fa-u-nu-arabext-ca-gregory' },
  he: { locale: 'he-u-ca-gregory', direction: 'rtl', other: 'he-u-ca-hebrew' },
};

const listeners = new Set();
let current = initial();

/** The language that was chosen before, in the address or on an earlier visit; else the browser's. */
function initial() {
  const asked = [new URLSearchParams(location.search).get('language'), remembered('language'), ...navigator.languages.map((one) => one.slice(0, 2))];
  return asked.find((one) => one !== null && Object.hasOwn(ALL, one)) ?? 'en';
}

/** What this browser remembers; nothing where it may not. */
export function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

export const language = () => current;
export const words = () => ALL[current];
export const locale = () => WAYS[current].locale;
export const otherCalendar = () => WAYS[current].other;

/** Called now and whenever the language changes. */
export function onLanguage(listener) {
  listeners.add(listener);
  listener();
}

export function choose(wanted) {
  current = wanted;
  remember('language', wanted);
  apply();
}

/** Puts the words in their places and turns the page round. */
function apply() {
  document.documentElement.lang = current;
  document.documentElement.dir = WAYS[current].direction;
  for (const element of document.querySelectorAll('[data-say]')) element.textContent = pick(element.dataset.say);
  for (const button of document.querySelectorAll('[data-language]')) button.setAttribute('aria-pressed', String(button.dataset.language === current));
  for (const listener of listeners) listener();
}

function pick(path) {
  return path.split('.').reduce((part, name) => part[name], words());
}

/** Brings the page into its language and the switch to life. */
export function startLanguage() {
  for (const button of document.querySelectorAll('[data-language]')) button.addEventListener('click', () => choose(button.dataset.language));
  apply();
}

/** A sentence with its gaps filled. What is filled in keeps its own direction. */
export function sentence(pattern, parts) {
  const fragment = document.createDocumentFragment();
  for (const piece of pattern.split(/(\{\w+\})/)) {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    if (name === undefined) {
      fragment.append(piece);
      continue;
    }
    const element = document.createElement('bdi');
    element.className = `the-${name}`;
    element.textContent = parts[name] ?? '';
    fragment.append(element);
  }
  return fragment;
}
