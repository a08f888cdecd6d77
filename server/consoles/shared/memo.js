// Drawing again only what changed: parts of the model are frozen, so the same parts look the same.

export class Memo {
  /** @type {unknown[]} */
  #before = [];

  /** Whether these are the very values of the last time. @param {...unknown} values */
  same(...values) {
    const before = this.#before;
    const same = values.length === before.length && values.every((value, place) => Object.is(value, before[place]));
    this.#before = values;
    return same;
  }
}

/** A time as whole seconds, for what shows no more. @param {number} ms */
export function whole(ms) {
  return Math.floor(ms / 1000);
}
