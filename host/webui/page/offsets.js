// Where the rows of a list stand whose heights are known for some, and guessed for
// the others.

export class Offsets {
  #heights = new Map();
  #keys = [];
  #tops = new Float64Array(1);
  #valid = 0; // tops up to here are right

  constructor(guess) { this.guess = guess; }

  get total() { return this.top(this.#keys.length); }
  get length() { return this.#keys.length; }

  /** set takes the keys of all rows, in order. */
  set(keys) {
    let same = 0;
    const most = Math.min(keys.length, this.#keys.length);
    while (same < most && keys[same] === this.#keys[same]) same++;
    this.#keys = keys;
    if (this.#tops.length <= keys.length) {
      const tops = new Float64Array(Math.max(64, keys.length * 2));
      tops.set(this.#tops.subarray(0, this.#valid + 1));
      this.#tops = tops;
    }
    this.#valid = Math.min(this.#valid, same);
  }

  /** measured notes a row's height; it reports whether that is new. */
  measured(index, height) {
    const key = this.#keys[index];
    const old = this.#heights.get(key);
    if (old !== undefined && Math.abs(old - height) < 0.5) return false;
    this.#heights.set(key, height);
    this.#valid = Math.min(this.#valid, index);
    return true;
  }

  height(index) {
    const key = this.#keys[index];
    return this.#heights.get(key) ?? this.guess(index);
  }

  /** top returns where a row begins; that of the length is where all end. */
  top(index) {
    for (; this.#valid < index; this.#valid++) {
      this.#tops[this.#valid + 1] = this.#tops[this.#valid] + this.height(this.#valid);
    }
    return this.#tops[index];
  }

  /** at returns the row that stands at y. */
  at(y) {
    let low = 0;
    let high = Math.max(0, this.#keys.length - 1);
    this.top(this.#keys.length);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** forget drops all heights: the list has another width. */
  forget() {
    this.#heights.clear();
    this.#valid = 0;
  }
}
