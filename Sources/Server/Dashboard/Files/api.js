// Asking the daemon. The token is kept in this tab's session storage, and sent with each request.

export class Problem extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
  }
}

const place = 'taskhook-token';

export const api = {
  get token() {
    return sessionStorage.getItem(place);
  },
  set token(token) {
    if (token) sessionStorage.setItem(place, token);
    else sessionStorage.removeItem(place);
  },

  /** How far the server's clock is ahead, in ms; below 2 s it is the header's own grain. */
  ahead: 0,
  now() {
    return Date.now() + this.ahead;
  },

  headers(more = {}) {
    return this.token ? { authorization: `Bearer ${this.token}`, ...more } : more;
  },

  /** The text of an answer; throws a Problem for what is none. */
  async text(method, path, { body, signal } = {}) {
    const response = await fetch(path, {
      method,
      signal,
      cache: 'no-store',
      headers: this.headers(body === undefined ? {} : { 'content-type': 'application/json' }),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const date = Date.parse(response.headers.get('date') ?? '');
    if (date) this.ahead = Math.abs(date - Date.now()) > 2000 ? date - Date.now() : 0;
    const text = await response.text();
    if (!response.ok) throw problem(response, text);
    return text;
  },

  async get(path, signal) {
    return JSON.parse(await this.text('GET', path, { signal }));
  },

  async post(path, body) {
    const text = await this.text('POST', path, { body });
    return text ? JSON.parse(text) : null;
  },

  delete(path) {
    return this.text('DELETE', path);
  },
};

function problem(response, text) {
  try {
    const told = JSON.parse(text);
    return new Problem(response.status, told.title, told.detail);
  } catch {
    return new Problem(response.status, `The server answered ${response.status}`);
  }
}

/** `?a=1&b=2` of what is neither null nor empty; a list repeats its name. */
export function query(parameters) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of [value].flat()) if (each ?? '') pairs.append(name, each);
  }
  const text = pairs.toString();
  return text ? `?${text}` : '';
}

/** JSON over lines, its numbers as they were spelled where the browser tells. */
export function pretty(text, pick) {
  const exact = (key, value, context) =>
    typeof value === 'number' && context?.source && JSON.rawJSON && context.source !== String(value)
      ? JSON.rawJSON(context.source) : value;
  return JSON.stringify(pick(JSON.parse(text, exact)), null, 2);
}
