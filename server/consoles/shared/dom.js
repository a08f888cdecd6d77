// Making and changing elements. Text goes in as text: nothing here, or anywhere, parses HTML.

/** @import { Severity } from "./types.js" */

/**
 * The element of the page with this id, which has to be of this kind.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function part(id, kind) {
  const node = document.getElementById(id);
  if (!(node instanceof kind)) throw new Error(`the page has no ${id} of the right kind`);
  return node;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | null | undefined>} attributes
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  dress(node, attributes);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | null | undefined>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  dress(node, attributes);
  node.append(...children);
  return node;
}

/** @param {Element} node @param {Record<string, string | boolean | null | undefined>} attributes */
export function dress(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else {
      const text = value === true ? "" : value;
      if (node.getAttribute(name) !== text) node.setAttribute(name, text);
    }
  }
}

/** @param {Node} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {HTMLElement} node @param {boolean} shown */
export function show(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/**
 * Ask the page: heard by whoever holds the element.
 * @param {EventTarget} node @param {string} name @param {unknown} [detail]
 */
export function ask(node, name, detail) {
  node.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

/**
 * Make the children of `parent` those of `items`, keeping the nodes whose key stays.
 * Nodes move only when they must, so that the focus stays where it is.
 * @template T
 * @template {HTMLElement | SVGElement} N
 * @param {Element} parent
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => N} make
 * @param {(node: N, item: T) => void} update
 */
export function keyed(parent, items, keyOf, make, update) {
  const held = new Map([...parent.children].map((node) => [/** @type {N} */ (node).dataset.key, /** @type {N} */ (node)]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let node = held.get(key);
    if (node) held.delete(key);
    else {
      node = make(item);
      node.dataset.key = key;
    }
    update(node, item);
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of held.values()) node.remove();
}

/** @param {string} key */
export function keyHint(key) {
  return el("kbd", { "aria-hidden": "true" }, key.toUpperCase());
}

/**
 * @param {string} label @param {string} key @param {() => void} act
 * @param {Record<string, string | boolean | null>} [attributes]
 */
export function keyButton(label, key, act, attributes = {}) {
  const button = el("button", { type: "button", "aria-keyshortcuts": key || null, ...attributes }, el("span", {}, label));
  if (key) button.append(keyHint(key));
  button.addEventListener("click", act);
  return button;
}

/** A field with its label above it. @param {string} id @param {string} label @param {HTMLElement} control */
export function field(id, label, control) {
  return el("div", { class: "field" }, el("label", { for: id }, label), control);
}

/**
 * The class of a marker by word and by shape, so that colour is never all that tells.
 * @param {Severity} severity @param {string} label
 */
export function classBadge(severity, label) {
  return el(
    "span",
    { class: `badge badge-${severity}` },
    el("span", { class: `shape shape-${severity}`, "aria-hidden": "true" }),
    el("span", {}, label),
  );
}

/** Put the badge of this class into `node`, once. @param {HTMLElement} node @param {Severity} severity @param {string} label */
export function setBadge(node, severity, label) {
  if (node.dataset.severity === severity) return;
  node.dataset.severity = severity;
  node.replaceChildren(classBadge(severity, label));
}
