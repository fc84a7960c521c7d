// What is told in the corner, and the question for the token.
import { h } from './dom.js';
import { api, Problem } from './api.js';

const byId = (id) => document.getElementById(id);

export function toast(text, isWrong = false) {
  const note = h('div', { class: isWrong ? 'toast wrong' : 'toast' }, text);
  const notes = byId('toasts');
  notes.append(note);
  while (notes.children.length > 4) notes.firstChild.remove();
  setTimeout(() => note.remove(), isWrong ? 8000 : 4000);
}

export const told = (error) => (error instanceof Problem ? error.message : 'The server cannot be reached.');

/** Asks for the token; one that was refused is forgotten. */
export function askForToken() {
  const dialog = byId('token');
  dialog.querySelector('.refused').hidden = api.token === null;
  api.token = null;
  if (!dialog.open) dialog.showModal();
}

export function listenForToken(begin) {
  byId('token').addEventListener('submit', ({ target }) => {
    api.token = target.elements.token.value.trim();
    target.reset();
    begin();
  });
  // Without the token there is nothing to see.
  byId('token').addEventListener('cancel', (event) => event.preventDefault());
}
