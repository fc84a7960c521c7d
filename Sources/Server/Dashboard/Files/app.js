// The page: which view is shown, when it asks again, and how it is drawn.
import { h, morphChildren } from './dom.js';
import { api, Problem, query } from './api.js';
import { tick } from './text.js';
import { Stream } from './stream.js';
import { askForToken, listenForToken, told } from './notes.js';
import { listenForActions } from './actions.js';
import { listenForFilters } from './forms.js';
import { header } from './header.js';
import { tasks } from './tasks.js';
import { task } from './task.js';
import { deliveries, delivery } from './deliveries.js';
import { hooks } from './hooks.js';
import { sources } from './sources.js';

const views = { tasks, task, deliveries, delivery, hooks, sources };
const content = document.getElementById('content');

const page = {
  /** The view that is shown, and what was told for it. */
  shown: { route: readRoute(), data: null, error: null },
  /** What all views share. `before` counts the pages before the one shown. */
  known: { summary: null, sources: [], hooks: [], tests: new Map(), before: 0 },
  /** The cursors of the pages of a list, from its first. */
  trail: [null],
  connection: 'starting',
  refresh,
  draw,
  go(changes) {
    const { name, parameters } = page.shown.route;
    location.hash = `#/${name}${query({ ...parameters, ...changes })}`;
  },
  signOut,
  get hasLeft() {
    return left.size > 0;
  },
};

// MARK: Routes

function readRoute() {
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const parameters = Object.fromEntries(new URLSearchParams(search));
  try {
    const [name, ...rest] = path.split('/').map(decodeURIComponent);
    const [source, id] = rest;
    if (name === 'tasks' && rest.length === 2) return { name: 'task', source, id, parameters };
    if (name === 'deliveries' && rest.length === 1) return { name: 'delivery', id: source, parameters };
    if (Object.hasOwn(views, name) && rest.length === 0) return { name, parameters };
  } catch {
    // No percent-encoding: as any unknown path.
  }
  return { name: 'tasks', parameters: {} };
}

/** Where each hash was scrolled to and what it showed, so that going back finds it as it was. */
const left = new Map();
let hash = location.hash;

/** Where one came to a page from elsewhere, nobody knows how many come before it. */
function countPages({ parameters: { cursor } }) {
  if (!cursor) page.trail.length = 1;
  page.known.before = page.trail.indexOf(cursor ?? null);
}

window.addEventListener('hashchange', () => {
  const before = page.shown;
  if (before.data) left.set(hash, { data: before.data, y: scrollY });
  if (left.size > 20) left.delete(left.keys().next().value);
  hash = location.hash;
  const route = readRoute();
  const isSame = route.name === before.route.name && !route.id;
  const kept = left.get(hash);
  page.shown = { route, data: kept?.data ?? (isSame ? before.data : null), error: null };
  countPages(route);
  if (!isSame) {
    content.replaceChildren();
    // Keys go on from the new view, and not from the top of the page.
    content.focus({ preventScroll: true });
  }
  draw();
  window.scrollTo(0, kept?.y ?? 0);
  refresh();
});

// MARK: Asking

let asking = null;
let timer = null;
let lastAsked = 0;

/** Asks for what the view shows; a new call ends the one that runs. */
async function refresh() {
  clearTimeout(timer);
  asking?.abort();
  const { signal } = (asking = new AbortController());
  lastAsked = Date.now();
  const { shown, known } = page;
  const view = views[shown.route.name];
  try {
    const [summary, data, choices] = await Promise.all([
      api.get('/v1/summary', signal),
      view.load(shown.route, signal),
      view.choices ? api.get(`/v1/${view.choices}`, signal) : {},
    ]);
    Object.assign(known, { summary }, choices);
    Object.assign(shown, { data, error: null });
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Problem && error.status === 401) return signOut();
    // What was shown stays while the server cannot be reached; that it is old is the connection's word.
    if (!shown.data || error.status === 404) Object.assign(shown, { data: null, error });
    if (!(error instanceof Problem) && page.connection === 'live') page.connection = 'waiting';
  }
  asking = null;
  draw();
  askIn(view.every);
}

function askIn(ms) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, ms);
}

const stream = new Stream(
  (event) => {
    const { data, route } = page.shown;
    // At most once a second, whatever number of events there are.
    if (!data || !views[route.name].told(data, event, route)) return;
    if (!asking) askIn(Math.max(100, lastAsked + 1000 - Date.now()));
    drawSoon();
  },
  (state) => {
    page.connection = state;
    draw();
    if (state === 'live') refresh();
  },
);

document.addEventListener('visibilitychange', () => {
  clearTimeout(timer);
  if (document.hidden) stream.stop();
  else if (page.connection !== 'refused') begin();
});

function begin() {
  refresh();
  stream.start();
}

function signOut() {
  stream.stop();
  clearTimeout(timer);
  asking = null;
  left.clear();
  Object.assign(page.known, { summary: null, sources: [], hooks: [] });
  Object.assign(page.shown, { data: null, error: null });
  askForToken();
  page.connection = 'refused';
  draw();
}

// MARK: Drawing

let isDrawing = false;

/** Draws once for all events of a moment. */
function drawSoon() {
  if (isDrawing) return;
  isDrawing = true;
  setTimeout(() => requestAnimationFrame(() => {
    isDrawing = false;
    draw();
  }), 100);
}

function draw() {
  const { route, data, error } = page.shown;
  const view = views[route.name];
  document.title = `${view.title(route)} · taskhook`;
  morphChildren(document.getElementById('header'),
    h('header', header(page.known.summary, route, page.connection, api.token !== null)));
  morphChildren(content, h('main', data ? view.render(data, route, page.known) : failure(error)));
}

const failure = (error) => (error === null ? h('p.loading', 'Asking…')
  : h('div.empty', { role: 'alert' },
    h('strong', error.status === 404 ? 'There is no such thing here' : 'This cannot be shown'),
    h('p', told(error)),
    h('button', { 'data-act': 'again' }, 'Try again')));

// A file that cannot be shown leaves its link alone.
content.addEventListener('error', ({ target }) => {
  if (target.closest('.outputs')) Object.assign(target, { hidden: true }).dataset.own = '';
}, true);

listenForToken(begin);
listenForActions(page);
listenForFilters(page);
countPages(page.shown.route);
setInterval(() => document.hidden || tick(), 1000);
draw();
begin();
