// What stands above every view: where one can go, how much there is, and whether the page is live.
import { h } from './dom.js';
import { count } from './text.js';
import { query } from './api.js';

export const states = [
  'pending', 'throttled', 'running', 'succeeded', 'failed', 'cancelled', 'expired', 'unknown',
];

const connections = {
  live: ['live', 'Changes show as they happen'],
  waiting: ['reconnecting', 'The connection broke; what is shown may be old'],
  refused: ['signed out', 'The server asks for its token'],
  starting: ['connecting', 'The page asks for the first time'],
};

const bubble = (number, meaning) => h('span.bubble', {
  title: `${number} ${meaning}`, 'aria-label': `, ${number} ${meaning}`,
}, number);

export function header(summary, route, connection, hasToken) {
  const tab = (name, text, number, meaning) => h('a', {
    href: `#/${name}`,
    // One of a kind has the name of the list without its s.
    'aria-current': route.name === name || route.name === name.slice(0, -1) ? 'page' : null,
  }, text, number ? bubble(count(number), meaning) : null);
  const [word, meaning] = connections[connection];
  return [
    h('div.bar',
      h('a.brand', { href: '#/tasks' }, h('span.mark'), 'taskhook'),
      h('nav', { 'aria-label': 'Views' },
        tab('tasks', 'Tasks'),
        tab('deliveries', 'Deliveries', summary?.deliveries.dead, 'given up'),
        tab('hooks', 'Hooks', summary?.hooks_down.length, 'down'),
        tab('sources', 'Sources', summary?.sources_down.length, 'down')),
      h('span.connection', { 'data-connection': connection, title: meaning, role: 'status' }, word),
      h('button.quiet', { 'data-act': 'sign-out', hidden: !hasToken }, 'Sign out')),
    totals(summary, route),
  ];
}

function totals(summary, route) {
  const at = route.name === 'tasks' ? route.parameters : {};
  const { search: _, ...kept } = at;
  const chip = (text, number, wanted, isOn, state) => h('a', {
    class: number || isOn ? 'chip' : 'chip nothing',
    // A second click takes the filter away.
    href: '#/tasks' + query({ ...kept, state: null, watched: null, ...(isOn ? {} : wanted) }),
    'aria-current': isOn ? 'true' : null,
    'data-state': state,
  }, h('b', summary ? count(number) : '·'), ' ', text);
  const byState = summary?.tasks.by_state ?? {};
  return h('div.totals', { role: 'group', 'aria-label': 'Totals' },
    chip('watched', summary?.tasks.watched, { watched: 'true' }, at.watched === 'true', 'watched'),
    states.map((state) => chip(state, byState[state] ?? 0, { state }, at.state === state, state)),
    h('span.gap'),
    h('a.chip', { href: '#/deliveries?state=open' },
      h('b', summary ? count(summary.deliveries.open) : '·'), ' waiting to be sent'));
}
