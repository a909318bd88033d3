// A place is a card: nothing is loaded of a map until the reader opens one.
import { el, icon } from './dom.js';

export function place({ body }) {
  const { latitude, longitude } = body;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') throw new TypeError('no place');
  const at = `${latitude}/${longitude}`;
  return el('div', { class: 'card place' },
    el('span', { class: 'badge' }, icon('place')),
    el('div', { class: 'about' },
      el('strong', {}, `${degrees(latitude, 'N', 'S')}, ${degrees(longitude, 'E', 'W')}`),
      el('a', {
        href: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=14/${at}`,
        rel: 'noopener noreferrer nofollow', target: '_blank',
      }, 'Show on a map')));
}

/** degrees writes an angle as maps do. */
export function degrees(angle, above, below) {
  return `${Math.abs(angle).toFixed(4).replace(/0{1,3}$/, '')}° ${angle < 0 ? below : above}`;
}
