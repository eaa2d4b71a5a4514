import { Clock } from './clock.js';
import { Figures } from './figures.js';
import { Flights } from './flight.js';
import { Flow } from './flow.js';
import { money } from './format.js';
import { startLanguage } from './language.js';
import { News } from './news.js';
import { drawSamovar } from './samovar.js';
import { startTheme } from './theme.js';

drawSamovar(document.getElementById('samovar'));
startTheme(document.getElementById('theme'));

const clock = new Clock();
const figures = new Figures();
const flow = new Flow(document.getElementById('journey-columns'));
const news = new News(document.getElementById('news'));
const flights = new Flights(document.getElementById('aloft'), document.getElementById('mailbox-link'));
const pouring = document.getElementById('pouring');
startLanguage();

/** What was told on connecting is the past; only what comes after it moves. */
let live = false;

const stream = new EventSource('/stream');
stream.addEventListener('open', () => {
  live = false;
  setTimeout(() => { live = true; }, 400);
});
stream.addEventListener('message', ({ data }) => {
  const event = JSON.parse(data);
  if (event.kind === 'plan') for (const part of [clock, news, flow]) part.setPlan(event.plan);
  if (event.kind === 'state') for (const part of [clock, figures, flow]) part.setState(event.state);
  if (event.kind === 'news') for (const one of news.add(event.news)) if (live) show(one);
});

/** Lets what happened be seen where it happened. */
function show({ kind, journey, step, money: amount }) {
  if (kind === 'mail') {
    flow.touch(journey, step);
    flights.letter(flow.nodeOf(journey, step));
  }
  if (kind === 'earned') {
    const card = document.querySelector(`[data-journey="${CSS.escape(journey ?? '')}"] footer`);
    flights.coin(card, money(amount.amount, amount.currency));
    pour();
  }
}

/** A drop falls into the glass. */
function pour() {
  pouring.classList.remove('drop');
  void pouring.getBoundingClientRect();
  pouring.classList.add('drop');
}
