// What the buttons do. `page` is what app.js shares.
import { api, Problem } from './api.js';
import { plural } from './text.js';
import { toast, told } from './notes.js';

/** Those that only lead elsewhere. */
const ways = {
  again: (page) => page.refresh(),
  'sign-out': (page) => page.signOut(),
  back(page, _, event) {
    // As the browser's own, where one came from a list: it is found as it was left.
    if (!page.hasLeft) return;
    event.preventDefault();
    history.back();
  },
  older(page, button) {
    const { trail, known } = page;
    if (known.before >= 0) trail.splice(known.before + 1, trail.length, button.dataset.cursor);
    page.go({ cursor: button.dataset.cursor });
  },
  newer: (page) => page.go({ cursor: page.trail[page.known.before - 1] ?? null }),
};

/** Those that ask the daemon for something. */
const deeds = {
  async replay(_, { dataset }) {
    await api.post(`/v1/deliveries/${encodeURIComponent(dataset.id)}/replay`);
    toast('It is sent again.');
  },
  async 'replay-dead'(_, { dataset }) {
    const { count } = await api.post('/v1/deliveries/replay', { dead: true, hook: dataset.hook });
    toast(`${plural(count, 'delivery is', 'deliveries are')} sent again.`);
  },
  async remove(_, { dataset }) {
    await api.delete(dataset.path);
    toast('It is watched no more.');
  },
  async resume(_, { dataset }) {
    const { held } = await api.post(`/v1/hooks/${encodeURIComponent(dataset.hook)}/resume`);
    toast(held ? 'The hook goes on.' : 'The hook was not held.');
  },
  async test(page, { dataset: { hook } }) {
    const { tests } = page.known;
    tests.set(hook, { isRunning: true });
    page.draw();
    try {
      tests.set(hook, { report: await api.post(`/v1/hooks/${encodeURIComponent(hook)}/test`) });
    } catch (error) {
      tests.delete(hook);
      throw error;
    }
  },
};

export function listenForActions(page) {
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-act]');
    if (!button) return;
    const name = button.dataset.act;
    if (ways[name]) return ways[name](page, button, event);
    if (button.dataset.confirm && !armed.has(button)) return arm(button);
    disarm(button);
    button.disabled = true;
    try {
      await deeds[name](page, button);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return page.signOut();
      toast(told(error), true);
    } finally {
      button.disabled = false;
    }
    page.refresh();
  });
}

// A button that changes much asks whether it is meant, and forgets it after a while.
const armed = new Map();

function arm(button) {
  armed.set(button, button.textContent);
  button.dataset.own = '';
  button.textContent = button.dataset.confirm;
  setTimeout(() => disarm(button), 4000);
}

function disarm(button) {
  if (!armed.has(button)) return;
  button.textContent = armed.get(button);
  delete button.dataset.own;
  armed.delete(button);
}
