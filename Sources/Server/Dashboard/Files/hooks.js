// The hooks: whether they work, what waits for them, and what was given up.
import { h } from './dom.js';
import { api, query } from './api.js';
import { badge, count, data, empty, fact, since, span } from './text.js';

export const hooks = {
  title: () => 'Hooks',
  every: 3000,
  load: (_, signal) => api.get('/v1/hooks', signal),
  told: (_, event) => event.type.startsWith('hook.') || event.type === 'delivery.dead',

  render({ hooks }, _, { tests }) {
    return hooks.length === 0 ? [empty('No hooks', 'The config names none.')]
      : [h('div.cards', hooks.map((hook) => card(hook, tests.get(hook.name))))];
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
  const button = (act, text, more) => h('button', { 'data-act': act, 'data-hook': hook.name, ...more }, text);
  const isHeld = hook.paused || hook.not_before;
  // The queues of callbacks are no hooks of the config: no sample is sent to them.
  const isOwn = hook.action !== 'callback';
  return h('article.card', { 'data-key': hook.name, 'data-state': word, 'aria-label': hook.name },
    h('header', h('h2', h('bdi', hook.name)), badge(word)),
    h('p.note', hook.action, ' ', data(hook.target, 'break')),
    why ? h('p.reason', h('bdi', why)) : null,
    h('dl', {},
      fact('Waiting', count(hook.open)),
      fact('Oldest', since(hook.oldest, true)),
      fact('Running', count(hook.running)),
      fact('Breaker', hook.breaker),
      hook.next_probe ? fact('Next probe', since(hook.next_probe)) : null,
      hook.not_before ? fact('Held until', since(hook.not_before)) : null,
      fact('Given up', hook.dead === 0 ? '0'
        : h('a.worry', { href: '#/deliveries' + query({ hook: hook.name }) }, count(hook.dead)))),
    h('footer',
      isOwn ? button('test', 'Test', { disabled: test?.isRunning }) : null,
      isHeld ? button('resume', 'Resume') : null,
      hook.dead ? button('replay-dead', `Replay ${count(hook.dead)} given up`, { 'data-confirm': 'Really?' }) : null),
    test ? outcome(test) : null);
}

function outcome(test) {
  if (test.isRunning) return h('p.note', 'A sample is on its way…');
  const { outcome, reason, code, detail, duration_ms: took } = test.report;
  return h('div.outcome', { role: 'status' },
    h('p', { class: outcome === 'delivered' ? 'fine' : 'wrong' }, h('b', `Test: ${outcome}`),
      code === null ? null : ` · ${code}`, ` · ${span(took)}`, reason ? [' · ', h('bdi', reason)] : null),
    detail ? h('details', h('summary', 'What came back'), h('pre', detail)) : null);
}
