// Small forms made of a list of fields: each with its label above it, read back by name.

import { el, field } from "./dom.js";

/** @typedef {{ value: string, label: string }} Option */
/**
 * @typedef {object} Spec
 * @property {string} name
 * @property {string} label
 * @property {"text" | "select" | "date" | "area"} [kind]
 * @property {Option[]} [options]
 * @property {boolean} [optional]
 * @property {number} [most]
 * @property {string} [value]
 */

let made = 0;

/** A form that is folded away until it is wanted. @param {string} summary @param {Spec[]} specs @param {string} button @param {(values: Record<string, string>) => void} does */
export function folded(summary, specs, button, does) {
  return el("details", {}, el("summary", {}, summary), formOf(specs, button, does));
}

/** @param {Spec[]} specs @param {string} button @param {(values: Record<string, string>) => void} does */
export function formOf(specs, button, does) {
  const controls = specs.map((spec) => ({ name: spec.name, control: controlOf(spec), label: spec.label }));
  const rows = controls.map(({ control, label }) => field(control.id, label, control));
  const form = el("form", {}, ...rows, el("button", { type: "submit" }, button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    does(Object.fromEntries(controls.map(({ name, control }) => [name, control.value.trim()])));
  });
  return form;
}

/** @param {Spec} spec @returns {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} */
export function controlOf({ kind = "text", options = [], optional = false, most = 400, value = "" }) {
  made += 1;
  const id = `field-${made}`;
  if (kind === "select") {
    const select = el("select", { id }, ...options.map((one) => el("option", { value: one.value }, one.label)));
    if (value) select.value = value;
    return select;
  }
  const shared = { id, maxlength: String(most), required: !optional, autocomplete: "off" };
  if (kind === "area") {
    const area = el("textarea", { ...shared, rows: "3" });
    area.value = value;
    return area;
  }
  const input = el("input", { ...shared, type: kind });
  input.value = value;
  return input;
}

/** @param {string[]} values @returns {Option[]} */
export function options(values) {
  return values.map((value) => ({ value, label: value }));
}
