// How long to wait before the next try.

const first = 400;
const most = 15_000;

/**
 * backoff returns the time in ms before try number n, from 0: it doubles, and is
 * spread so that clients that fell together do not come back together. The host
 * may have said how long to wait at least.
 */
export function backoff(n, atLeast = 0, random = Math.random) {
  const full = Math.min(most, first * 2 ** Math.min(n, 20));
  return Math.max(atLeast, full / 2) + random() * full / 2;
}
