// Making and changing elements. Text goes in as text: nothing here, or anywhere, parses HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/** Ask the page: one kind of event from each element, heard by whoever holds the element. */
export function ask(node, name, detail) {
  node.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

/**
 * Make the children of `parent` those of `items`, keeping the nodes whose key stays.
 * Nodes move only when they must, so that the focus stays where it is.
 */
export function keyed(parent, items, keyOf, make, update) {
  const held = new Map([...parent.children].map((node) => [node.dataset.key, node]));
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

export function keyHint(key) {
  return el("kbd", { "aria-hidden": "true" }, key.toUpperCase());
}

/** The class of a marker by word and by shape, so that colour is never all that tells. */
export function classBadge(severity, label) {
  return el(
    "span",
    { class: `badge badge-${severity}` },
    el("span", { class: `shape shape-${severity}`, "aria-hidden": "true" }),
    el("span", {}, label),
  );
}
