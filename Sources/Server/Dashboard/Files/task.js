// One task: its way from first sight over each event to each attempt to tell of it.
import { h } from './dom.js';
import { api, pretty } from './api.js';
import { badge, data, dayOf, labels, local, progress, since, span, stateWord, timeOfDay } from './text.js';
import { deliveryEntry } from './attempts.js';
import { previews } from './previews.js';

const path = (route) => `/v1/tasks/${encodeURIComponent(route.source)}/${encodeURIComponent(route.id)}`;

export const task = {
  title: (route) => route.id,
  every: 2000,

  async load(route, signal) {
    const text = await api.text('GET', path(route), { signal });
    const report = JSON.parse(text);
    const last = report.events.findLastIndex((event) => event.task !== null && event.task !== undefined);
    return { ...report, raw: last < 0 ? null : pretty(text, (told) => told.events[last].task) };
  },

  told: (_, event, route) => event.data.id === route.id && event.data.source === route.source,

  render(report, route) {
    const { task, events, outputs, save, raw } = report;
    const word = stateWord(task);
    return [
      h('div', { class: 'title' },
        h('a', { class: 'back', href: '#/tasks', 'data-act': 'back' }, '← Tasks'),
        h('h1', {}, h('bdi', {}, task.id)),
        badge(word),
        task.ended ? null : h('button', {
          'data-act': 'remove', 'data-path': path(route), 'data-confirm': 'Really stop?',
        }, 'Stop watching')),
      h('div', { class: 'columns' },
        h('section', { class: 'history', 'aria-label': 'History' },
          h('h2', {}, 'History'),
          h('ol', { class: 'timeline' }, begun(task),
            events.map((event, place) => moment(event, events[place - 1], task)), now(task))),
        h('div', { class: 'facts' },
          word === 'succeeded' ? previews(outputs ?? []) : null,
          h('section', { 'aria-label': 'Facts' }, h('h2', {}, 'Facts'), facts(task, save)),
          raw === null ? null
            : h('section', { class: 'object', 'aria-label': 'Task object' }, h('h2', {}, 'Task object'),
              h('pre', { class: 'raw', tabindex: 0, 'aria-label': 'The task as its API told of it' }, raw)))),
    ];
  },
};

function facts(task, save) {
  const pair = (name, ...value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
  return h('dl', {},
    pair('Source', data(task.source)),
    pair('Status', data(task.status ?? 'not seen yet')),
    task.progress === null ? null : pair('Progress', progress(task.progress)),
    task.created_at ? pair('Created', local(task.created_at)) : null,
    pair('First seen', local(task.first_seen)),
    pair('Last polled', task.last_polled ? since(task.last_polled) : 'not yet'),
    Object.keys(task.labels ?? {}).length ? pair('Labels', labels(task.labels)) : null,
    task.url ? pair('Asked at', data(task.url, 'break')) : null,
    task.callback ? pair('Callback', data(task.callback.url, 'break'),
      task.callback.on ? h('div', { class: 'note' }, `on ${JSON.stringify(task.callback.on)}`) : null) : null,
    save ? pair('Copies', `${save.state}, ${save.saved}${save.outputs === null ? '' : ` of ${save.outputs}`}`,
      save.reason ? h('div', { class: 'note' }, data(save.reason, 'break')) : null) : null);
}

const entry = (key, state, iso, before, ...content) => h('li', { 'data-key': key, 'data-state': state },
  h('div', { class: 'when' }, h('time', { datetime: iso, title: local(iso) }, timeOfDay(iso)),
    h('span', {}, before ? `+${span(Date.parse(iso) - Date.parse(before))}` : dayOf(iso))),
  h('div', { class: 'what' }, content));

const begun = (task) => entry('begun', 'new', task.first_seen, null, h('b', {}, 'Watched from now on'));

function moment(event, before, task) {
  const isTransition = event.status !== null && event.status !== event.previous_status && event.type.startsWith('task.');
  const word = event.type.replace('task.', '').replace('_', ' ');
  return entry(`event-${event.sequence}`, isTransition ? event.state : event.type.replace('task.', ''), event.timestamp,
    before?.timestamp ?? task.first_seen,
    h('div', { class: 'head' },
      h('b', {}, isTransition
        ? [event.previous_status === null ? null : [h('bdi', {}, event.previous_status), ' → '], h('bdi', {}, event.status)]
        : word),
      h('code', { class: 'type' }, event.type)),
    event.reason ? h('p', { class: 'reason' }, h('bdi', {}, event.reason)) : null,
    event.files?.length ? h('ul', { class: 'files' }, event.files.map((file) => h('li', {}, data(file.path ?? file.url, 'break')))) : null,
    event.deliveries.map((told) => deliveryEntry(told.delivery, told.attempts)));
}

function now(task) {
  if (task.ended) return null;
  return h('li', { 'data-key': 'now', class: 'now', 'data-state': task.state ?? 'new' },
    h('div', { class: 'when' }, 'now'),
    h('div', { class: 'what' }, progress(task.progress), ' ',
      h('span', { class: 'note' }, task.last_polled ? ['polled ', since(task.last_polled)] : 'to be polled for the first time')));
}
