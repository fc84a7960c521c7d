// The hooks: whether they work, what waits for them, and what was given up.
import { h } from './dom.js';
import { api, query } from './api.js';
import { badge, count, data, empty, plural, since, span } from './text.js';

export const hooks = {
  title: () => 'Hooks',
  every: 3000,
  load: (_, signal) => api.get('/v1/hooks', signal),
  told: (_, event) => event.type.startsWith('hook.') || event.type === 'delivery.dead',

  render({ hooks }, _, { tests }) {
    return hooks.length === 0 ? [empty('No hooks', 'The config names none.')]
      : [h('div', { class: 'cards' }, hooks.map((hook) => card(hook, tests.get(hook.name))))];
  },
};

/** In one word, and why. */
function standing(hook) {
  if (hook.paused) return ['paused', hook.paused];
  if (hook.breaker === 'open') return ['breaker open', hook.down_reason];
  if (!hook.up) return ['down', hook.down_reason];
  return ['up', null];
}

function card(hook, test) {
  const [word, why] = standing(hook);
  const fact = (name, ...value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
  const isHeld = hook.paused || hook.not_before;
  // The queues of callbacks are no hooks of the config: no sample is sent to them.
  const isOwn = hook.action !== 'callback';
  return h('article', { class: 'card', 'data-key': hook.name, 'data-state': word, 'aria-label': hook.name },
    h('header', {}, h('h2', {}, h('bdi', {}, hook.name)), badge(word)),
    h('p', { class: 'note' }, hook.action, ' ', data(hook.target, 'break')),
    why ? h('p', { class: 'reason' }, h('bdi', {}, why)) : null,
    h('dl', {},
      fact('Waiting', count(hook.open)),
      fact('Oldest', since(hook.oldest, true)),
      fact('Running', count(hook.running)),
      fact('Breaker', hook.breaker),
      hook.next_probe ? fact('Next probe', since(hook.next_probe)) : null,
      hook.not_before ? fact('Held until', since(hook.not_before)) : null,
      fact('Given up', hook.dead
        ? h('a', { href: '#/deliveries' + query({ hook: hook.name }), class: 'worry' }, count(hook.dead)) : '0')),
    h('footer', {},
      isOwn ? h('button', { 'data-act': 'test', 'data-hook': hook.name, disabled: test?.isRunning }, 'Test') : null,
      isHeld ? h('button', { 'data-act': 'resume', 'data-hook': hook.name, class: 'primary' }, 'Resume') : null,
      hook.dead ? h('button', {
        'data-act': 'replay-dead', 'data-hook': hook.name, 'data-confirm': 'Really replay?',
      }, `Replay ${plural(hook.dead, 'given up', 'given up')}`) : null),
    test ? outcome(test) : null);
}

function outcome(test) {
  if (test.isRunning) return h('p', { class: 'note' }, 'A sample is on its way…');
  const { outcome, reason, code, detail, duration_ms: took } = test.report;
  return h('div', { class: 'outcome', role: 'status' },
    h('p', { class: outcome === 'delivered' ? 'fine' : 'wrong' }, h('b', {}, `Test: ${outcome}`),
      code === null ? '' : ` · ${code}`, took === null ? '' : ` · ${span(took)}`, reason ? [' · ', h('bdi', {}, reason)] : ''),
    detail ? h('details', {}, h('summary', {}, 'What came back'), h('pre', {}, detail)) : null);
}
