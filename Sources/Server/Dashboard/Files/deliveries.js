// The deliveries, what was given up first, and one delivery by itself.
import { h } from './dom.js';
import { api, pretty, query } from './api.js';
import { attemptList, deliveryLink, hasEnded, next, replayButton } from './attempts.js';
import {
  badge, cell, count, data, empty, local, pager, pageSize, row, since, table, taskLink,
} from './text.js';

const open = ['held', 'waiting', 'ready'];
const choices = [['dead', 'Given up'], ['open', 'Waiting'], ['delivered', 'Delivered'], ['all', 'All']];

export const deliveries = {
  title: () => 'Deliveries',
  every: 3000,
  choices: 'hooks',

  load({ parameters }, signal) {
    const { hook, source, cursor, state = 'dead' } = parameters;
    return api.get('/v1/deliveries' + query({
      hook, source, cursor, order: 'newest', limit: pageSize,
      state: state === 'all' ? null : state === 'open' ? open : state,
    }), signal);
  },

  told: () => true,

  render(page, { parameters }, { hooks, summary, before }) {
    const { hook, state = 'dead' } = parameters;
    const rows = page.deliveries;
    const dead = hook ? hooks.find((each) => each.name === hook)?.dead : summary?.deliveries.dead;
    return [
      h('div.filters',
        h('div.choices', { role: 'group', 'aria-label': 'State' }, choices.map(([value, text]) => h('a', {
          href: '#/deliveries' + query({ hook, state: value }),
          'aria-current': value === state ? 'true' : null,
        }, text))),
        h('form', { 'data-form': 'deliveries' },
          h('select', { name: 'hook', 'aria-label': 'Hook' },
            h('option', { value: '', selected: !hook }, 'all hooks'),
            hooks.map(({ name }) => h('option', { value: name, selected: name === hook }, name)))),
        state === 'dead' && dead ? h('button', {
          'data-act': 'replay-dead', 'data-hook': hook, 'data-confirm': `Really replay ${count(dead)}?`,
        }, `Replay all ${count(dead)}`) : null),
      rows.length === 0 ? nothing(state)
        : table('deliveries', ['Event', 'Hook', 'State', 'Attempts', 'Last error', 'Action'], rows.map(line)),
      pager(page.next, parameters, rows.length, before),
    ];
  },
};

function nothing(state) {
  if (state === 'dead') return empty('Nothing was given up', 'Each delivery arrived, or is still tried.');
  return state === 'open' ? empty('Nothing waits', 'Each delivery has ended.') : empty('No deliveries');
}

function subject({ task, source, about_hook: hook }) {
  if (!task) return data(hook ? `hook ${hook}` : source, 'id');
  return h('a.id', { href: taskLink(source, task), title: task }, h('bdi', task));
}

const line = (delivery) => row(delivery.id,
  cell('event', h('code.type', delivery.event), subject(delivery)),
  cell('hook', data(delivery.hook), since(delivery.created_at)),
  cell('state', badge(delivery.state), h('span.note', next(delivery))),
  cell('attempts', h('a', { href: deliveryLink(delivery), title: delivery.id }, count(delivery.attempts))),
  cell('last-error', data(delivery.last_error ?? '–', 'clamp')),
  cell('action', replayButton(delivery)));

export const delivery = {
  title: () => 'Delivery',
  every: 2000,

  async load({ id }, signal) {
    const text = await api.text('GET', `/v1/deliveries/${encodeURIComponent(id)}`, { signal });
    return { ...JSON.parse(text), raw: pretty(text, (told) => told.event) };
  },

  told: () => true,

  render({ delivery, attempts, raw }) {
    return [
      h('div.title',
        h('a.back', { href: '#/deliveries', 'data-act': 'back' }, '← Deliveries'),
        h('h1', h('bdi', delivery.id)), badge(delivery.state), replayButton(delivery)),
      h('div.columns',
        h('section', { 'aria-label': 'Attempts' },
          h('h2', 'Attempts'),
          h('p', h('code.type', delivery.event), ' of ', subject(delivery), ' to ', data(delivery.hook),
            `, made ${local(delivery.created_at)}`),
          hasEnded(delivery) ? null : h('p.note', next(delivery)),
          attempts.length ? attemptList(attempts) : h('p.note', 'Nothing was tried yet.')),
        h('section', { 'aria-label': 'Event' }, h('h2', 'Event'),
          h('pre.raw', { tabindex: 0, 'aria-label': 'The event that is told' }, raw))),
    ];
  },
};
