// The list of tasks: a page of 100 at a time, the newest first, each row live.
import { h } from './dom.js';
import { api, query } from './api.js';
import {
  badge, cell, data, empty, labels, pager, pageSize, progress, row, since, stateWord, table, taskLink,
} from './text.js';
import { states } from './header.js';

export const tasks = {
  title: () => 'Tasks',
  every: 3000,
  /** What its filters offer. */
  choices: 'sources',

  load({ parameters }, signal) {
    const { source, state, watched, q, cursor } = parameters;
    return api.get(
      '/v1/tasks' + query({ source, state, watched, q, cursor, order: 'newest', limit: pageSize }), signal);
  },

  /** Changes at once what an event tells; answers whether to ask for the rest soon. */
  told(page, event, { parameters }) {
    const told = event.data;
    if (told.id === null || told.id === undefined) return false;
    const task = page.tasks.find((each) => each.id === told.id && each.source === told.source);
    if (!task) return !parameters.cursor;
    if (told.status !== null && told.status !== undefined && told.status !== task.status) {
      task.status = told.status;
      task.changed_at = event.timestamp;
    }
    task.state = told.state ?? task.state;
    const ended = event.type.replace('task.', '');
    if (['not_found', 'lost', 'timed_out'].includes(ended)) task.ended = ended;
    return true;
  },

  render(page, route, { sources, before }) {
    const { parameters } = route;
    const isFiltered = ['source', 'state', 'watched', 'q', 'cursor'].some((name) => parameters[name]);
    return [
      filters(parameters, sources),
      page.tasks.length === 0
        ? isFiltered ? empty('No task is like this', 'Other filters may show some.')
          : empty('No tasks yet', 'They show once they are to be watched: taskhook add ID, POST /v1/tasks, the proxy.')
        : table('tasks', ['Task', 'State', 'Progress', 'Changed', 'Age', 'Labels'], page.tasks.map(line)),
      pager(page.next, parameters, page.tasks.length, before),
    ];
  },
};

function filters(parameters, sources) {
  const option = (value, text, now) => h('option', { value, selected: value === (now ?? '') }, text);
  const state = parameters.watched === 'true' ? 'watched' : parameters.state;
  return h('form.filters', { role: 'search', 'data-form': 'tasks' },
    h('input', {
      type: 'search', name: 'q', value: parameters.q ?? '', placeholder: 'Search ids, statuses, labels   /',
      'aria-label': 'Search ids, statuses and labels', autocomplete: 'off', spellcheck: 'false',
    }),
    h('select', { name: 'state', 'aria-label': 'State' },
      option('', 'any state', state), option('watched', 'watched', state),
      states.map((name) => option(name, name, state))),
    h('select', { name: 'source', 'aria-label': 'Source' },
      option('', 'all sources', parameters.source),
      sources.map(({ name }) => option(name, name, parameters.source))));
}

function line(task) {
  const word = stateWord(task);
  const isPlain = task.status === null || task.status.toLowerCase() === word;
  return row(`${task.source}/${task.id}`,
    cell('task',
      h('a', { href: taskLink(task.source, task.id), class: 'id', title: task.id }, h('bdi', task.id)),
      data(task.source, 'source')),
    cell('state', badge(word), isPlain ? null : data(task.status, 'status')),
    cell('progress', word === 'succeeded' ? h('span.none', '–') : progress(task.progress)),
    cell('changed', since(task.changed_at)),
    cell('age', since(task.created_at ?? task.first_seen, true)),
    cell('labels', labels(task.labels)));
}
