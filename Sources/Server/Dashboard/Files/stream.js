// The event stream, read through fetch, as EventSource could not send the token.
import { api, Problem } from './api.js';

/** Longest silence: the server sends a comment every 15 s. */
const silence = 45000;

/** Cuts a text stream into server-sent events; what is not whole yet waits for the rest. */
export class Parser {
  constructor() {
    this.rest = '';
    this.fields = {};
  }

  /** Answers what is whole with this piece: events, and numbers that come without one. */
  take(piece) {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    const events = [];
    for (const line of lines) {
      if (line === '') {
        if (this.fields.data !== undefined || this.fields.id !== undefined) events.push(this.fields);
        this.fields = {};
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      const before = name === 'data' ? this.fields.data : undefined;
      this.fields[name] = before === undefined ? value : `${before}\n${value}`;
    }
    return events;
  }
}

/** Follows the events until it is stopped; comes back after breaks where it left off. */
export class Stream {
  /** `told` gets each event, `state` is told `live`, `waiting` or `refused`. */
  constructor(told, state) {
    this.told = told;
    this.state = state;
  }

  start() {
    this.stop();
    this.last = null;
    const control = new AbortController();
    this.control = control;
    this.run(control.signal);
  }

  stop() {
    this.control?.abort();
    this.control = null;
  }

  async run(signal) {
    let breaks = 0;
    while (!signal.aborted) {
      const attempt = new AbortController();
      const end = () => attempt.abort();
      signal.addEventListener('abort', end);
      try {
        await this.read(attempt, () => {
          breaks = 0;
          if (!signal.aborted) this.state('live');
        });
      } catch (error) {
        if (error instanceof Problem && error.status === 401) {
          if (!signal.aborted) this.state('refused');
          return;
        }
      } finally {
        signal.removeEventListener('abort', end);
        attempt.abort();
      }
      if (signal.aborted) return;
      this.state('waiting');
      breaks += 1;
      const wait = Math.min(15000, 500 * 2 ** breaks) * (0.8 + 0.4 * Math.random());
      await new Promise((done) => {
        const timer = setTimeout(done, wait);
        signal.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
      });
    }
  }

  async read(attempt, opened) {
    let watch = setTimeout(() => attempt.abort(), silence);
    try {
      const response = await fetch('/v1/events?task=false', {
        signal: attempt.signal,
        cache: 'no-store',
        headers: api.headers(this.last === null ? {} : { 'last-event-id': this.last }),
      });
      if (!response.ok) throw new Problem(response.status, 'The event stream is refused');
      opened();
      const parser = new Parser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(watch);
        watch = setTimeout(() => attempt.abort(), silence);
        for (const event of parser.take(value)) {
          if (event.id !== undefined) this.last = event.id;
          if (event.data !== undefined) this.told(JSON.parse(event.data));
        }
      }
    } finally {
      clearTimeout(watch);
    }
  }
}
