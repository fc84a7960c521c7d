// The page: which view is shown, when it asks again, and what its buttons do.
import { h, morphChildren } from './dom.js';
import { api, Problem, query } from './api.js';
import { plural, tick } from './text.js';
import { Stream } from './stream.js';
import { header } from './header.js';
import { tasks } from './tasks.js';
import { task } from './task.js';
import { deliveries, delivery } from './deliveries.js';
import { hooks } from './hooks.js';
import { sources } from './sources.js';

const views = { tasks, task, deliveries, delivery, hooks, sources };
const byId = (id) => document.getElementById(id);

/** What all views share. */
const known = { summary: null, sources: [], hooks: [], tests: new Map(), older: 0 };
/** The view that is shown. */
let shown = { route: readRoute(), data: null, error: null };
/** Where each hash was scrolled to and what it showed, and the pages that lead to the one shown. */
const left = new Map();
let trail = [];
let connection = 'starting';

// MARK: Routes

function readRoute() {
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const parameters = Object.fromEntries(new URLSearchParams(search));
  try {
    const parts = path.split('/').map(decodeURIComponent);
    if (parts[0] === 'tasks' && parts.length === 3) return { name: 'task', source: parts[1], id: parts[2], parameters };
    if (parts[0] === 'deliveries' && parts.length === 2) return { name: 'delivery', id: parts[1], parameters };
    if (views[parts[0]] && parts.length === 1) return { name: parts[0], parameters };
  } catch {
    // No percent-encoding: as an unknown path.
  }
  return { name: 'tasks', parameters: {} };
}

const go = (name, parameters) => (location.hash = `#/${name}${query(parameters)}`);

let hash = location.hash;
window.addEventListener('hashchange', () => {
  if (shown.data) left.set(hash, { data: shown.data, y: window.scrollY });
  if (left.size > 20) left.delete(left.keys().next().value);
  hash = location.hash;
  const before = shown.route;
  const route = readRoute();
  const kept = left.get(hash);
  shown = { route, data: kept?.data ?? (route.name === before.name && !route.id ? shown.data : null), error: null };
  if (!route.parameters.cursor) trail = [];
  known.older = trail.length;
  if (route.name !== before.name) byId('content').replaceChildren();
  draw();
  window.scrollTo(0, kept?.y ?? (route.name === before.name && !route.parameters.cursor ? window.scrollY : 0));
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
  const control = new AbortController();
  asking = control;
  lastAsked = Date.now();
  const view = views[shown.route.name];
  try {
    const [summary, data, list] = await Promise.all([
      api.get('/v1/summary', control.signal),
      view.load(shown.route, control.signal),
      shown.route.name === 'tasks' ? api.get('/v1/sources', control.signal)
        : shown.route.name === 'deliveries' ? api.get('/v1/hooks', control.signal) : null,
    ]);
    if (control.signal.aborted) return;
    known.summary = summary;
    if (list?.sources) known.sources = list.sources.map((source) => source.name);
    if (list?.hooks) known.hooks = list.hooks;
    Object.assign(shown, { data, error: null });
  } catch (error) {
    if (control.signal.aborted) return;
    if (error instanceof Problem && error.status === 401) return askForToken();
    // What was shown stays as long as the server cannot be reached; that it is old says the connection's mark.
    if (!shown.data || error.status === 404) Object.assign(shown, { data: null, error });
    if (!(error instanceof Problem) && connection === 'live') setConnection('waiting');
  }
  asking = null;
  draw();
  schedule(view.every);
}

function schedule(ms) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, ms);
}

/** Asks again in a moment: at most once a second, whatever number of events there are. */
function soon() {
  if (asking === null) schedule(Math.max(120, lastAsked + 1000 - Date.now()));
}

const stream = new Stream(
  (event) => {
    const view = views[shown.route.name];
    if (!shown.data || (view.told?.(shown.data, event, shown.route) ?? true)) soon();
    drawSoon();
  },
  (state) => {
    setConnection(state);
    if (state === 'live') refresh();
  },
);

function setConnection(state) {
  connection = state;
  draw();
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    clearTimeout(timer);
    stream.stop();
  } else {
    stream.start();
    refresh();
  }
});

// MARK: Drawing

let drawing = false;

/** Draws once for all events of a moment. */
function drawSoon() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => requestAnimationFrame(() => ((drawing = false), draw())), 100);
}

function draw() {
  const { route, data, error } = shown;
  const view = views[route.name];
  document.title = `${view.title(route)} · taskhook`;
  morphChildren(byId('header'), h('header', {}, header(known.summary, route, connection, api.token !== null)));
  const content = data ? view.render(data, route, known) : error ? failure(error) : [h('p', { class: 'loading' }, 'Asking…')];
  const main = byId('content');
  main.dataset.view = route.name;
  morphChildren(main, h('main', {}, content));
  watchMedia(main);
}

const failure = (error) => [h('div', { class: 'empty', role: 'alert' },
  h('strong', {}, error.status === 404 ? 'There is no such thing here' : 'This cannot be shown'),
  h('p', {}, error instanceof Problem ? error.message : 'The server cannot be reached.'),
  h('button', { 'data-act': 'again' }, 'Try again'))];

/** A file that cannot be shown leaves its link alone. */
function watchMedia(main) {
  for (const media of main.querySelectorAll('.outputs :is(img, video, audio)')) {
    media.onerror = () => media.classList.add('broken');
  }
}

function toast(text, isWrong = false) {
  const note = h('div', { class: isWrong ? 'toast wrong' : 'toast' }, text);
  byId('toasts').append(note);
  while (byId('toasts').children.length > 4) byId('toasts').firstChild.remove();
  setTimeout(() => note.remove(), isWrong ? 8000 : 4000);
}

// MARK: The token

function askForToken() {
  setConnection('refused');
  stream.stop();
  const dialog = byId('token');
  dialog.querySelector('.refused').hidden = api.token === null;
  api.token = null;
  if (!dialog.open) dialog.showModal();
}

byId('token').addEventListener('submit', (event) => {
  const input = event.target.elements.token;
  api.token = input.value.trim();
  input.value = '';
  begin();
});
// Without the token there is nothing to see.
byId('token').addEventListener('cancel', (event) => event.preventDefault());

// MARK: Buttons and forms

const actions = {
  again: refresh,
  'sign-out': () => {
    Object.assign(known, { summary: null, sources: [], hooks: [] });
    Object.assign(shown, { data: null, error: null });
    left.clear();
    api.token = null;
    askForToken();
  },
  back(button, event) {
    // As the browser's own, where the list is what one came from.
    if (history.length > 1 && left.size > 0) {
      event.preventDefault();
      history.back();
    }
  },
  older(button) {
    trail.push(shown.route.parameters.cursor ?? null);
    go(shown.route.name, { ...shown.route.parameters, cursor: button.dataset.cursor });
  },
  newer() {
    const cursor = trail.pop() ?? null;
    go(shown.route.name, { ...shown.route.parameters, cursor });
  },
  async replay(button) {
    await api.post(`/v1/deliveries/${encodeURIComponent(button.dataset.id)}/replay`);
    toast('It is sent again.');
  },
  async 'replay-dead'(button) {
    const told = await api.post('/v1/deliveries/replay', { dead: true, hook: button.dataset.hook || undefined });
    toast(`${plural(told.count ?? told.deliveries.length, 'delivery is', 'deliveries are')} sent again.`);
  },
  async remove(button) {
    await api.delete(button.dataset.path);
    toast('It is watched no more.');
  },
  async resume(button) {
    const told = await api.post(`/v1/hooks/${encodeURIComponent(button.dataset.hook)}/resume`);
    toast(told.held ? 'The hook goes on.' : 'The hook was not held.');
  },
  async test(button) {
    const { hook } = button.dataset;
    known.tests.set(hook, { isRunning: true });
    draw();
    try {
      known.tests.set(hook, { report: await api.post(`/v1/hooks/${encodeURIComponent(hook)}/test`) });
    } catch (error) {
      known.tests.delete(hook);
      throw error;
    }
  },
};

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-act]');
  if (!button) return;
  if (button.dataset.confirm && !button.dataset.armed) return arm(button);
  disarm(button);
  const isAsking = !['older', 'newer', 'back', 'again', 'sign-out'].includes(button.dataset.act);
  if (isAsking) button.disabled = true;
  try {
    await actions[button.dataset.act](button, event);
    if (isAsking) refresh();
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return askForToken();
    toast(error instanceof Problem ? error.message : 'The server cannot be reached.', true);
    draw();
  } finally {
    if (isAsking) button.disabled = false;
  }
});

/** The button asks whether it is meant, and forgets it after a while. */
function arm(button) {
  button.dataset.armed = button.textContent;
  button.textContent = button.dataset.confirm;
  setTimeout(() => disarm(button), 4000);
}

function disarm(button) {
  if (!button.dataset.armed) return;
  button.textContent = button.dataset.armed;
  delete button.dataset.armed;
}

function choose(form) {
  const { cursor: _, ...parameters } = shown.route.parameters;
  const told = Object.fromEntries(new FormData(form));
  if (form.dataset.form === 'tasks') {
    const isWatched = told.state === 'watched';
    Object.assign(told, { state: isWatched ? '' : told.state, watched: isWatched ? 'true' : '' });
  }
  const text = `#/${shown.route.name}${query({ ...parameters, ...told })}`;
  // Letters of one search are one step back.
  if (text !== location.hash) location.replace(text);
}

let typing = null;
document.addEventListener('input', (event) => {
  const form = event.target.closest('[data-form]');
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => choose(form), event.target.type === 'search' ? 250 : 0);
});
document.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-form]');
  if (!form) return;
  event.preventDefault();
  choose(form);
});
document.addEventListener('keydown', (event) => {
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.nodeName);
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector('input[type=search]');
  if (!search) return;
  event.preventDefault();
  search.focus();
});
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();
  byId('content').focus();
});

function begin() {
  refresh();
  stream.start();
}

setInterval(() => document.hidden || tick(), 1000);
draw();
begin();
