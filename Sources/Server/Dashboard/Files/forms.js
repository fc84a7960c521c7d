// Filters and keys.
import { query } from './api.js';

export function listenForFilters(page) {
  let typing = null;
  document.addEventListener('input', (event) => {
    const form = event.target.closest('[data-form]');
    if (!form) return;
    clearTimeout(typing);
    typing = setTimeout(() => choose(form, page.shown.route), event.target.type === 'search' ? 250 : 0);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target.closest('[data-form]');
    if (!form) return;
    event.preventDefault();
    choose(form, page.shown.route);
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.nodeName);
    const search = document.querySelector('input[type=search]');
    if (event.key !== '/' || isTyping || !search || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
  });
}

function choose(form, { name, parameters }) {
  const chosen = Object.fromEntries(new FormData(form));
  if (form.dataset.form === 'tasks') {
    chosen.watched = chosen.state === 'watched' ? 'true' : '';
    if (chosen.watched) chosen.state = '';
  }
  const hash = `#/${name}${query({ ...parameters, ...chosen, cursor: null })}`;
  // The letters of one search are no steps to go back.
  if (hash !== location.hash) location.replace(hash);
}
