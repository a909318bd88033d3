// What a screen reader says: each new reply once, as it comes. The list of entries
// itself is silent, for rows come and go in it as the reader moves.
import { el } from './dom.js';

/** How long a text stays for readers to find, in ms. */
const stay = 8000;

/** announcer returns a function that has a text read aloud. */
export function announcer(region) {
  return (text) => {
    if (!text) return;
    const line = el('p', {}, text);
    region.append(line);
    setTimeout(() => line.remove(), stay);
  };
}
