// What the browser remembers: in a tab, or on this device. Where a browser forbids
// that, as some do in frames of other pages, it is remembered until the page goes.

class Shelf {
  #area;
  #memory = new Map();

  constructor(area) {
    this.#area = area;
  }

  get(key) {
    try {
      const text = this.#area().getItem(prefix + key);
      if (text !== null) return JSON.parse(text);
    } catch { /* as if it were not there */ }
    return this.#memory.get(key) ?? null;
  }

  /** set keeps a value; null forgets it. */
  set(key, value) {
    this.#memory.delete(key);
    try {
      if (value === null) this.#area().removeItem(prefix + key);
      else this.#area().setItem(prefix + key, JSON.stringify(value));
    } catch {
      if (value !== null) this.#memory.set(key, value);
    }
  }
}

const prefix = 'bothost:';

/** tab is what this tab remembers, also when it is loaded again. */
export const tab = new Shelf(() => sessionStorage);

/** device is what all tabs remember. */
export const device = new Shelf(() => localStorage);

/** onDevice calls back when another tab has set a key of the device. */
export function onDevice(key, changed) {
  addEventListener('storage', (e) => {
    if (e.storageArea === safeLocal() && e.key === prefix + key) changed(device.get(key));
  });
}

function safeLocal() {
  try { return localStorage; } catch { return null; }
}
