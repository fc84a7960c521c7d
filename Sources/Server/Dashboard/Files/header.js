// What stands above every view: where one can go, how much there is, and whether the page is live.
import { h } from './dom.js';
import { count, plural } from './text.js';
import { query } from './api.js';

export const states = ['pending', 'throttled', 'running', 'succeeded', 'failed', 'cancelled', 'expired', 'unknown'];

const connections = {
  live: ['live', 'Changes show as they happen'],
  waiting: ['reconnecting', 'The connection broke; what is shown may be old'],
  refused: ['signed out', 'The server asks for its token'],
  starting: ['connecting', 'The page asks for the first time'],
};

export function header(summary, route, connection, hasToken) {
  const tab = (name, text, badge, worry) => h('a', {
    href: `#/${name}`,
    'aria-current': route.name === name || route.name === name.slice(0, -1) ? 'page' : null,
  }, text, h('span', { class: worry ? 'bubble worry' : 'bubble', hidden: !badge }, badge ? count(badge) : ''));
  const [word, meaning] = connections[connection];
  const down = (names) => names?.length ?? 0;
  return [
    h('div', { class: 'bar' },
      h('a', { class: 'brand', href: '#/tasks', 'aria-label': 'taskhook' }, h('span', { class: 'mark' }), 'taskhook'),
      h('nav', { 'aria-label': 'Views' },
        tab('tasks', 'Tasks'),
        tab('deliveries', 'Deliveries', summary?.deliveries.dead, true),
        tab('hooks', 'Hooks', down(summary?.hooks_down), true),
        tab('sources', 'Sources', down(summary?.sources_down), true)),
      h('span', { class: 'connection', 'data-connection': connection, title: meaning, role: 'status' }, word),
      h('button', { class: 'quiet', 'data-act': 'sign-out', hidden: !hasToken }, 'Sign out')),
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
  }, h('b', {}, summary ? count(number) : '·'), ' ', text);
  const byState = summary?.tasks.by_state ?? {};
  const fact = (text, href, worry) => h('a', { class: worry ? 'chip fact worry' : 'chip fact', href }, text);
  const gone = summary?.deliveries.dead;
  const names = (list, one, href) => (list?.length
    ? fact(`${list.length === 1 ? `${one} ${list[0]}` : plural(list.length, one)} down`, href, true) : null);
  return h('div', { class: 'totals', role: 'group', 'aria-label': 'Totals' },
    chip('watched', summary?.tasks.watched, { watched: 'true' }, at.watched === 'true', 'watched'),
    states.map((state) => chip(state, byState[state] ?? 0, { state }, at.state === state, state)),
    h('span', { class: 'gap' }),
    names(summary?.sources_down, 'source', '#/sources'),
    names(summary?.hooks_down, 'hook', '#/hooks'),
    fact(`${count(summary?.deliveries.open)} waiting to be sent`, '#/deliveries?state=open'),
    gone ? fact(`${count(gone)} given up`, '#/deliveries', true) : null);
}
