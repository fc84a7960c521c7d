// Elements out of values, and the page brought to look like them. Nothing here reads markup from data: texts
// become text nodes, and an address becomes a link only if it is one of the web.

const isNothing = (value) => value === null || value === undefined || value === false;

/**
 * An element: `h('span.note', { title }, 'text', another)`. Attributes may be left out; those that are null or
 * false are, and such children too.
 */
export function h(name, ...rest) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  const attributes = rest[0]?.constructor === Object ? rest.shift() : {};
  for (const [name, value] of Object.entries(attributes)) {
    if (isNothing(value) || ((name === 'href' || name === 'src') && !isSafe(String(value)))) continue;
    element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...rest.flat(Infinity).filter((child) => !isNothing(child)));
  return element;
}

const isSafe = (address) => address.startsWith('#') || webAddress(address) !== null;

/** The URL of http or https that a text is, else null. */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
  } catch {
    return null;
  }
}

/** Brings `from` to look like `to`. What is the same stays: its focus, what was opened or typed in it. */
export function morph(from, to) {
  if (from.nodeName !== to.nodeName || keyOf(from) !== keyOf(to)) return from.replaceWith(to);
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  // What the page itself did to it: a button that asks whether it is meant, a picture that cannot be shown.
  if (from.dataset.own !== undefined) return;
  morphAttributes(from, to);
  morphChildren(from, to);
}

function morphAttributes(from, to) {
  for (const { name } of [...from.attributes]) {
    // Whether a person opened it.
    if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (name !== 'open' && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  if (from === document.activeElement) return;
  if (from.nodeName === 'INPUT') from.value = to.value;
  if (from.nodeName === 'OPTION') from.selected = to.hasAttribute('selected');
}

export function morphChildren(from, to) {
  const wanted = [...to.childNodes];
  const keys = new Set(wanted.map(keyOf));
  const keyed = new Map();
  for (const child of [...from.childNodes]) {
    const key = keyOf(child);
    if (key === null) continue;
    // Gone first, so that the others need not move.
    if (keys.has(key)) keyed.set(key, child);
    else child.remove();
  }
  let next = from.firstChild;
  for (const want of wanted) {
    const key = keyOf(want);
    const have = key === null ? (next && keyOf(next) === null ? next : null) : keyed.get(key);
    if (!have) {
      from.insertBefore(want, next);
    } else {
      if (have === next) next = next.nextSibling;
      else from.insertBefore(have, next);
      morph(have, want);
    }
  }
  while (next) {
    const after = next.nextSibling;
    next.remove();
    next = after;
  }
}

const keyOf = (node) => node.dataset?.key ?? null;
