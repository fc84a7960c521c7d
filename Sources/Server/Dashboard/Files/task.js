// One task: its way from first sight over each event to each attempt to tell of it.
import { h } from './dom.js';
import { api, pretty } from './api.js';
import { badge, data, dayOf, fact, labels, local, progress, since, span, stateWord, timeOfDay } from './text.js';
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
      h('div.title',
        h('a.back', { href: '#/tasks', 'data-act': 'back' }, '← Tasks'),
        h('h1', h('bdi', task.id)),
        badge(word),
        task.ended ? null : h('button', {
          'data-act': 'remove', 'data-path': path(route), 'data-confirm': 'Really stop?',
        }, 'Stop watching')),
      h('div.columns',
        h('section.history', { 'aria-label': 'History' },
          h('h2', 'History'),
          h('ol.timeline', begun(task),
            events.map((event, place) => moment(event, events[place - 1], task)), now(task))),
        h('div.facts',
          word === 'succeeded' ? previews(outputs ?? []) : null,
          h('section', { 'aria-label': 'Facts' }, h('h2', 'Facts'), facts(task, save)),
          raw === null ? null
            : h('section.object', { 'aria-label': 'Task object' }, h('h2', 'Task object'),
              h('pre.raw', { tabindex: 0, 'aria-label': 'The task as its API told of it' }, raw)))),
    ];
  },
};

function facts(task, save) {
  return h('dl', {},
    fact('Source', data(task.source)),
    fact('Status', data(task.status ?? 'not seen yet')),
    task.progress === null ? null : fact('Progress', progress(task.progress)),
    task.created_at ? fact('Created', local(task.created_at)) : null,
    fact('First seen', local(task.first_seen)),
    fact('Last polled', task.last_polled ? since(task.last_polled) : 'not yet'),
    Object.keys(task.labels ?? {}).length ? fact('Labels', labels(task.labels)) : null,
    task.url ? fact('Asked at', data(task.url, 'break')) : null,
    task.callback ? fact('Callback', data(task.callback.url, 'break'),
      task.callback.on ? h('div.note', `on ${JSON.stringify(task.callback.on)}`) : null) : null,
    save ? fact('Copies', `${save.state}, ${save.saved}${save.outputs === null ? '' : ` of ${save.outputs}`}`,
      save.reason ? h('div.note', data(save.reason, 'break')) : null) : null);
}

const entry = (key, state, iso, before, ...content) => h('li', { 'data-key': key, 'data-state': state },
  h('div.when', h('time', { datetime: iso, title: local(iso) }, timeOfDay(iso)),
    h('span', before ? `+${span(Date.parse(iso) - Date.parse(before))}` : dayOf(iso))),
  h('div.what', content));

const begun = (task) => entry('begun', 'new', task.first_seen, null, h('b', 'Watched from now on'));

function moment(event, before, task) {
  const { type, status, previous_status: previous, files, reason } = event;
  const word = type.replace('task.', '');
  const isTransition = word === event.state;
  return entry(`event-${event.sequence}`, word, event.timestamp, before?.timestamp ?? task.first_seen,
    h('div.head',
      h('b', !isTransition ? word.replace('_', ' ')
        : [previous === null ? null : [h('bdi', previous), ' → '], h('bdi', status)]),
      h('code.type', type)),
    reason ? h('p.reason', h('bdi', reason)) : null,
    files?.length ? h('ul', files.map((file) => h('li', data(file.path, 'break')))) : null,
    event.deliveries.map((told) => deliveryEntry(told.delivery, told.attempts)));
}

function now(task) {
  if (task.ended) return null;
  return h('li', { 'data-key': 'now', class: 'now', 'data-state': task.state ?? 'new' },
    h('div.when', 'now'),
    h('div.what', progress(task.progress), ' ',
      h('span.note', task.last_polled ? ['polled ', since(task.last_polled)] : 'not polled yet')));
}
