// What another force has handed over, and what of it nobody here has named. Pure.

import { shortTime, timeOf } from "./brief.js";
import { PARTIES_IN_TEXT } from "./words.js";

/** @import { Line, Model, Transferred, TransferItem } from "./types.js" */

/** The calls that came from other forces: those with something to name first, then the older. @param {Model} model @returns {(Line & { transfer: Transferred })[]} */
export function handedOver(model) {
  return Object.values(model.lines)
    .filter((line) => line.transfer && (line.ended_at === null || !line.transfer.taken || line.call === model.selected))
    .map((line) => ({ ...line, transfer: /** @type {Transferred} */ (line.transfer) }))
    .sort((one, other) => Number(one.transfer.taken) - Number(other.transfer.taken) || Date.parse(one.transfer.at) - Date.parse(other.transfer.at));
}

/** Those that have to be acknowledged, each marker once. @param {Transferred} transfer */
export function grave(transfer) {
  const seen = new Set();
  return transfer.items.filter((item) => item.grave && !seen.has(item.marker) && seen.add(item.marker));
}

/** What they said beside that. @param {Transferred} transfer */
export function others(transfer) {
  const first = new Set(grave(transfer));
  return transfer.items.filter((item) => !first.has(item));
}

/** Where it comes from, and since when. @param {Transferred} transfer */
export function origin({ from_name, at, name, live }) {
  const line = live ? "their caller is on the line" : "their call is over";
  return `Handed over by ${from_name} at ${shortTime(at)}, their ${name}; ${line}`;
}

/** When, by whom, and how sure. @param {TransferItem} item */
export function itemFacts(item) {
  const facts = [`${timeOf(item.said_at)}, ${PARTIES_IN_TEXT[item.party]}`];
  if (item.third_hand) facts.push("third-hand");
  if (!item.sure) facts.push("not sure of the words");
  return facts.join("; ");
}
