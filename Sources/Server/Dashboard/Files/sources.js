// The sources: how fast each is asked, and whether it answers.
import { h } from './dom.js';
import { api, query } from './api.js';
import { badge, count, data, empty, fact, since, span } from './text.js';

export const sources = {
  title: () => 'Sources',
  every: 3000,
  load: (_, signal) => api.get('/v1/sources', signal),
  told: (_, event) => event.type.startsWith('source.'),

  render({ sources }) {
    return sources.length === 0 ? [empty('No sources', 'The config names none.')]
      : [h('div.cards', sources.map(card))];
  },
};

function card(source) {
  const isPaused = source.paused_until && Date.parse(source.paused_until) > api.now();
  const word = !source.up ? 'down' : isPaused ? 'paused' : 'up';
  const failed = source.failures_last_minute;
  const share = source.rate_per_second ? source.polls_last_minute / 60 / source.rate_per_second : 0;
  return h('article.card', { 'data-key': source.name, 'data-state': word, 'aria-label': source.name },
    h('header', h('h2', h('bdi', source.name)), badge(word)),
    h('p.note', source.provider, ' ', data(source.base_url, 'break')),
    source.down_reason ? h('p.reason', h('bdi', source.down_reason)) : null,
    h('dl', {},
      fact('Watched', h('a', { href: '#/tasks' + query({ source: source.name, watched: true }) },
        count(source.watched))),
      fact('Overdue', count(source.overdue)),
      fact('Polls a minute', count(source.polls_last_minute)),
      fact('Of these failed', h(failed ? 'span.worry' : 'span', count(failed))),
      fact('Each task every', span(source.poll_every_ms)),
      fact('Connections', `${count(source.running)} of ${count(source.connections)} in use`),
      fact('Budget', `${+source.rate_per_second.toFixed(2)}/s`,
        h('meter', { high: 0.9, value: Math.min(1, share).toFixed(3), 'aria-label': 'share in use' })),
      fact('Since start', `${count(source.polls)} polls, ${count(source.failures)} failed`),
      isPaused ? fact('Paused until', since(source.paused_until)) : null));
}
