import { make, write } from './dom.js';
import { moment, whole } from './format.js';
import { onLanguage, startLanguage, words } from './language.js';
import { startTheme } from './theme.js';

const REFRESH_MS = 2_500;
/** The shop's clock tells in its own zone; mails are dated by it. */
const TIMEZONE = 'Europe/Berlin';

const place = (id) => document.getElementById(id);
const TABS = ['html', 'text', 'headers'];

let chosen = Number(new URLSearchParams(location.search).get('mail')) || null;
let listed = '';
let letter = null;

startTheme(place('theme'));
onLanguage(() => {
  document.title = `${words().box.title} – Samovar`;
  place('wanted').placeholder = words().box.search;
  place('frame').title = words().box.letter;
  listed = '';
  void refresh();
  if (letter !== null) showHead(letter);
});
startLanguage();

place('search').addEventListener('submit', (event) => event.preventDefault());
place('wanted').addEventListener('input', () => void refresh());
place('mails').addEventListener('click', follow);
place('close').addEventListener('click', (event) => {
  event.preventDefault();
  choose(null);
});
addEventListener('popstate', () => choose(Number(new URLSearchParams(location.search).get('mail')) || null, false));
for (const name of TABS) place(`tab-${name}`).addEventListener('click', () => openTab(name));
document.querySelector('[role="tablist"]').addEventListener('keydown', turn);
openTab('html');
if (chosen !== null) void open(chosen);
setInterval(() => {
  if (!document.hidden) void refresh();
}, REFRESH_MS);

function follow(event) {
  const link = event.target instanceof Element ? event.target.closest('a[data-mail]') : null;
  if (link === null || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  choose(Number(link.dataset.mail));
}

function choose(mail, remember = true) {
  chosen = mail;
  if (remember) history.pushState(null, '', mail === null ? '/mailbox' : `/mailbox?mail=${mail}`);
  document.body.classList.toggle('reading', mail !== null);
  for (const link of place('mails').querySelectorAll('a')) link.toggleAttribute('aria-current', Number(link.dataset.mail) === mail);
  if (mail === null) {
    place('letter').hidden = true;
    place('nothing').hidden = false;
  } else {
    void open(mail);
  }
}

async function refresh() {
  const search = place('wanted').value;
  const answer = await fetch(`/mailbox/list?search=${encodeURIComponent(search)}`).catch(() => null);
  if (answer === null || !answer.ok) return;
  const { count, mails } = await answer.json();
  write(place('count'), count === 0 ? '' : whole(count));
  const key = `${count} ${search} ${mails.length}`;
  if (key === listed) return;
  listed = key;
  place('empty').hidden = mails.length > 0;
  write(place('empty'), count === 0 ? words().box.empty : words().box.none);
  place('mails').replaceChildren(...mails.map(lineOf));
}

function lineOf({ number, to, toName, subject, date }) {
  const link = make('a', '', { href: `/mailbox?mail=${number}`, 'data-mail': String(number) },
    make('span', 'who', {}, make('bdi', '', {}, toName === '' ? to : toName)),
    make('time', '', { datetime: new Date(date).toISOString() }, moment(date, TIMEZONE)),
    make('span', 'subject', { dir: 'auto' }, subject));
  if (number === chosen) link.setAttribute('aria-current', 'true');
  return make('li', '', {}, link);
}

async function open(number) {
  const answer = await fetch(`/mailbox/${number}`);
  if (!answer.ok || number !== chosen) return;
  letter = await answer.json();
  place('letter').hidden = false;
  place('nothing').hidden = true;
  document.body.classList.add('reading');
  showHead(letter);
  place('frame').src = `/mailbox/${number}/html`;
  write(place('text'), letter.text);
  place('headers').replaceChildren(...letter.headers.map(({ name, value }) => make('div', '', {}, make('dt', '', {}, name), make('dd', '', {}, value))));
}

function showHead({ subject, to, toName, from, date }) {
  write(place('subject'), subject);
  place('to').replaceChildren(make('bdi', '', {}, toName), ' ', make('bdi', 'address', {}, to));
  place('from').replaceChildren(make('bdi', '', {}, from));
  write(place('date'), moment(date, TIMEZONE));
}

function openTab(wanted) {
  for (const name of TABS) {
    const is = name === wanted;
    place(`tab-${name}`).setAttribute('aria-selected', String(is));
    place(`tab-${name}`).tabIndex = is ? 0 : -1;
    place(`view-${name}`).hidden = !is;
  }
}

/** Arrow keys go along the tabs, in the direction of the language. */
function turn(event) {
  const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  const back = document.documentElement.dir === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
  if (event.key !== forward && event.key !== back) return;
  const at = TABS.findIndex((name) => place(`tab-${name}`).getAttribute('aria-selected') === 'true');
  const next = TABS[(at + (event.key === forward ? 1 : TABS.length - 1)) % TABS.length];
  openTab(next);
  place(`tab-${next}`).focus();
}
