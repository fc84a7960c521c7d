// A delivery and what was tried to make it.
import { h } from './dom.js';
import { badge, data, local, since, span, timeOfDay } from './text.js';

export const hasEnded = (delivery) => delivery.state === 'delivered' || delivery.state === 'dead';

/** Sends again what was given up or delivered, and at once what waits for its next attempt. */
export const replayButton = (delivery) => h('button', {
  'data-act': 'replay', 'data-id': delivery.id, 'data-key': `replay-${delivery.id}`,
  'aria-label': `Replay to ${delivery.hook}`,
}, hasEnded(delivery) ? 'Replay' : 'Send now');

export const deliveryLink = ({ id }) => `#/deliveries/${encodeURIComponent(id)}`;

export function next(delivery) {
  if (hasEnded(delivery)) return null;
  if (delivery.state === 'held') return 'waits for the copies of the outputs';
  if (delivery.state === 'waiting') return 'waits for an earlier one';
  return delivery.next_attempt ? ['next attempt ', since(delivery.next_attempt)] : 'waits for its hook';
}

export function deliveryEntry(delivery, attempts) {
  return h('div.delivery', { 'data-key': delivery.id, 'data-state': delivery.state },
    h('div.head',
      h('a', { href: deliveryLink(delivery), title: delivery.id }, h('bdi', delivery.hook)),
      badge(delivery.state),
      h('span.note', next(delivery)),
      replayButton(delivery)),
    attemptList(attempts));
}

export const attemptList = (attempts) => (attempts.length === 0 ? null
  : h('ol.attempts', attempts.map((attempt) => h('li', { 'data-key': attempt.number },
    h('div', { class: attempt.error === null ? 'fine' : 'wrong' },
      h('span.number', `#${attempt.number}`),
      h('time', { datetime: attempt.at, title: local(attempt.at) }, timeOfDay(attempt.at)),
      h('b', attempt.code === null ? '–' : String(attempt.code)),
      h('span.note', span(attempt.duration_ms)),
      data(attempt.error ?? 'delivered', 'break')),
    attempt.detail
      ? h('details', h('summary', 'What came back'), h('pre', attempt.detail)) : null))));
