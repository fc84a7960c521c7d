// What a task made: pictures and videos as such, everything as a link.
import { h, webAddress } from './dom.js';

const kinds = {
  image: /\.(png|jpe?g|gif|webp|avif|svg)$/i,
  video: /\.(mp4|webm|mov|m4v)$/i,
  audio: /\.(mp3|wav|ogg|m4a|flac)$/i,
};

function kind(output, url) {
  const told = Object.keys(kinds).find((name) => output.content_type?.toLowerCase().startsWith(name + '/'));
  return told ?? Object.keys(kinds).find((name) => kinds[name].test(url.pathname));
}

export function previews(outputs) {
  if (outputs.length === 0) return null;
  return h('section', { 'aria-label': 'Outputs' }, h('h2', 'Outputs'),
    h('ul.outputs', outputs.map((output, place) => h('li', { 'data-key': `${place} ${output.url}` }, show(output)))));
}

function show(output) {
  const url = webAddress(output.url);
  if (url === null) return h('bdi.data', output.url);
  const away = { target: '_blank', rel: 'noreferrer noopener', referrerpolicy: 'no-referrer' };
  return [
    media(kind(output, url), url),
    h('a', { href: url.href, title: url.href, ...away }, h('bdi', url.pathname.split('/').pop() || url.host)),
  ];
}

/** Nothing is fetched from this server itself: an output that points here is only a link. */
function media(kind, url) {
  if (kind === undefined || url.origin === location.origin) return null;
  if (kind === 'image') {
    return h('img', { src: url.href, alt: '', loading: 'lazy', referrerpolicy: 'no-referrer' });
  }
  return h(kind, { src: url.href, controls: true, preload: 'metadata', playsinline: kind === 'video' });
}
