// How numbers, times and names are written.
import { h } from './dom.js';
import { api } from './api.js';

const numbers = new Intl.NumberFormat('en');
export const count = (number) => numbers.format(number ?? 0);
export const plural = (number, one, many = one + 's') => `${count(number)} ${number === 1 ? one : many}`;

/** `340 ms`, `12 s`, `3 min`, `5 h`, `2 d`. */
export function span(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 90) return `${seconds < 10 && seconds % 1 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

const rough = (ms) => (ms < 1000 ? 'now' : span(Math.floor(ms / 1000) * 1000));

/** How long ago, or in how long: by the server's clock. `now` within a second. */
export function relative(iso) {
  const ms = api.now() - Date.parse(iso);
  if (ms < -999) return 'in ' + rough(-ms);
  return rough(Math.abs(ms)) + (ms < 1000 ? '' : ' ago');
}

/** A time as a distance, kept right by `tick`; `bare` without "ago". */
export function since(iso, bare = false) {
  if (!iso) return h('span.none', '–');
  const text = relative(iso);
  return h('time', { datetime: iso, title: local(iso), 'data-tick': bare ? 'bare' : 'ago' },
    bare ? text.replace(' ago', '') : text);
}

/** Renews the distances on the page. */
export function tick() {
  for (const time of document.querySelectorAll('time[data-tick]')) {
    const text = relative(time.dateTime);
    const shown = time.dataset.tick === 'bare' ? text.replace(' ago', '') : text;
    if (time.textContent !== shown) time.textContent = shown;
  }
}

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const isDate = (iso) => !Number.isNaN(Date.parse(iso));
export const timeOfDay = (iso) => (isDate(iso) ? clock.format(new Date(iso)) : '–');
export const dayOf = (iso) => (isDate(iso) ? day.format(new Date(iso)) : '–');
export const local = (iso) => `${dayOf(iso)} ${timeOfDay(iso)}`;

/** A text from outside: cut by CSS where it is too long, whole in its title. */
export const data = (text, more = '') => h('bdi', { class: `data ${more}`, title: text }, text ?? '–');

/** What became of a task: its state, or why it is watched no more. */
export const stateWord = (task) =>
  task.ended && task.ended !== 'terminal' ? task.ended.replace('_', ' ') : task.state ?? 'new';

export const badge = (word) => h('span.badge', { 'data-state': word }, word);

export const labels = (map) =>
  Object.entries(map ?? {}).map(([name, value]) => h('span.label', { title: `${name}=${value}` },
    h('bdi', name), '=', h('bdi', value)));

export const progress = (value) =>
  value === null || value === undefined ? h('span.none', '–')
    : h('span.progress',
      h('progress', { max: 1, value: Math.min(1, Math.max(0, value)), 'aria-label': 'progress' }),
      `${Math.round(value * 100)}%`);

export const taskLink = (source, id) => `#/tasks/${encodeURIComponent(source)}/${encodeURIComponent(id)}`;

export const empty = (title, text) => h('div.empty', h('strong', title), text ? h('p', text) : null);

/** A table that says to a reader of its marks that it is one, however CSS lays it out. */
export function table(name, columns, rows) {
  return h('table', { class: name, role: 'table', 'aria-label': name },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' },
      columns.map((column) => {
        const name = column.toLowerCase().replace(' ', '-');
        return h(`th.${name}`, { role: 'columnheader', scope: 'col' }, column);
      }))),
    h('tbody', { role: 'rowgroup' }, rows));
}

export const row = (key, ...cells) => h('tr', { role: 'row', 'data-key': key }, cells);
export const cell = (name, ...children) => h(`td.${name}`, { role: 'cell' }, children);

/** A line of a list of facts, `dl`. */
export const fact = (name, ...value) => h('div', h('dt', name), h('dd', value));

/** Rows of a list that are shown at once. */
export const pageSize = 100;

/** The way to the next rows; so many pages come before these, -1 where that is not known. */
export const pager = (next, parameters, rows, before) => h('div.pager',
  h('button', { 'data-act': 'newer', disabled: !parameters.cursor }, '← Newer'),
  h('span.note', rows && before >= 0 ? `${count(before * pageSize + 1)}–${count(before * pageSize + rows)}` : ''),
  h('button', { 'data-act': 'older', 'data-cursor': next, disabled: !next }, 'Older →'));
