// What a brief is, as the server gives it, and how its times and lines are put. Pure.

/** @typedef {import("./types.js").Severity} Severity */
/** @typedef {import("./types.js").Party} Party */
/** @typedef {{ marker: string, title: string }} Named */
/**
 * @typedef {object} Line
 * @property {string} marker
 * @property {string} title
 * @property {Severity} severity
 * @property {string} quote
 * @property {Party} party
 * @property {number} at_ms
 * @property {string} said_at
 * @property {boolean} must
 * @property {"said" | "not sure of the words"} sure
 * @property {number} times
 * @property {string} answers
 * @property {string} taken_back
 * @property {string | null} doubted_by
 * @property {boolean} by_hand
 * @property {boolean} after_arrival
 */
/** @typedef {{ check: string, text: string, found: string, source: string, checked_at: string, by: string }} Looked */
/** @typedef {{ call: string, marker: string, title: string, severity: Severity, quote: string, said_at: string }} Earlier */
/** @typedef {{ id: string, label: string, asking: string, at_ms: number | null, quote: string }} TopicState */
/** @typedef {{ text: string, by: string, at: string }} Noted */
/**
 * @typedef {object} Brief
 * @property {string} call
 * @property {number} seq
 * @property {string | null} arrived_at
 * @property {boolean} live
 * @property {boolean} third_party
 * @property {boolean} covert
 * @property {boolean} whispering
 * @property {Line[]} heard
 * @property {Line[]} third_hand
 * @property {Looked[]} records
 * @property {Line[]} on_record
 * @property {number} earlier_calls
 * @property {string} earlier_because
 * @property {Earlier[]} earlier what was said of danger on the earlier calls
 * @property {boolean} earlier_unread
 * @property {string[]} not_checked
 * @property {Line[]} denied
 * @property {TopicState[]} topics
 * @property {Noted[]} notes
 */
/** @typedef {{ by: string, at: string, named: string[], person: string | null }} Reading */
/**
 * @typedef {object} Sheet
 * @property {string} sheet
 * @property {"brief" | "transfer"} kind
 * @property {string} way
 * @property {string} name
 * @property {string} sent_at
 * @property {string} sent_by
 * @property {string} until
 * @property {boolean} good
 * @property {string} carried
 * @property {string} why
 * @property {string | null} opened_at
 * @property {string | null} received_at when the other force's own server had it
 * @property {string} received_as what the call is called there
 * @property {string} phone where the other force is rung instead
 * @property {Named[]} must
 * @property {Reading[]} readings
 * @property {Named[]} missing
 * @property {boolean} took_over
 */
/** @typedef {{ text: string, at: string, seq: number, from_crew: boolean, by: string }} Advice */
/**
 * @typedef {object} View
 * @property {string} name
 * @property {string} force
 * @property {string} now
 * @property {Brief} brief
 * @property {[string, string][]} lead
 * @property {string} spoken
 * @property {Named[]} must
 * @property {Advice[]} advice
 * @property {string | null} there_at
 * @property {Sheet[]} sheets
 * @property {string} responsible
 */

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const SHORT = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** @param {string} at */
export function timeOf(at) {
  return TIME.format(new Date(at));
}

/** @param {string} at */
export function shortTime(at) {
  return SHORT.format(new Date(at));
}

/** @param {string} at */
export function dayAndTime(at) {
  return DAY.format(new Date(at));
}

const WHOSE = { caller: "caller", handler: "handler", other: "in the background" };

/** Everything that is to be known of a line beside its words. @param {Line} line */
export function factsOf(line) {
  const facts = [`${timeOf(line.said_at)}, ${WHOSE[line.party]}`];
  if (line.times > 1) facts.push(`said ${line.times} times`);
  if (line.answers) facts.push(`asked: “${line.answers}”`);
  if (line.sure !== "said") facts.push("not sure of the words: hear it again");
  if (line.taken_back) facts.push(`later: “${line.taken_back}”`);
  if (line.doubted_by) facts.push(`${line.doubted_by} judged that the words do not say so`);
  if (line.by_hand) facts.push("marked by a person");
  return facts;
}

/** What a sheet's way out came to, in one sentence. @param {Sheet} sheet */
export function standing(sheet) {
  if (sheet.way === "earshot") return handedOver(sheet);
  const last = sheet.readings.at(-1);
  const left = sheet.missing.map(({ title }) => title).join(", ");
  if (sheet.kind === "transfer" && last && left) return `Read by ${last.by} at ${shortTime(last.at)}. NOT NAMED since: ${left}`;
  if (last) return `Received and read by ${last.by} at ${shortTime(last.at)}`;
  if (sheet.carried === "failed") return `NOT SENT: ${sheet.why}. Send it another way.`;
  if (sheet.opened_at) return `Opened at ${shortTime(sheet.opened_at)}, not signed for`;
  if (!sheet.good) return "Its link is over, and nobody signed for it";
  if (sheet.carried === "delivered") return "Delivered, not opened";
  if (sheet.carried === "taken") return "Sent, not opened";
  return "Nobody has signed for it";
}

/** How far another force's own server has taken the call over. @param {Sheet} sheet */
function handedOver({ name, received_at, received_as, readings, missing, took_over, carried, why, good, must }) {
  if (!received_at && readings.length === 0) {
    if (!good) return `NOT RECEIVED by ${name}, and no longer tried. Ring them.`;
    return carried === "failed" ? `NOT RECEIVED by ${name} yet: ${why}. It is tried again; ring them meanwhile.` : `On its way to ${name}, not received yet`;
  }
  const had = received_at ? `Received by ${name} at ${shortTime(received_at)}, there ${received_as}` : "Read back";
  if (took_over) return `${had}. ${must.length > 0 ? "Each item acknowledged" : "Acknowledged"} by ${[...new Set(readings.map(({ by }) => by))].join(", ")} at ${shortTime(readings.at(-1)?.at ?? "")}`;
  return `${had}. NOT ACKNOWLEDGED there: ${missing.map(({ title }) => title).join(", ") || "nobody has taken the call"}`;
}

/** Who named what, item by item. @param {Sheet} sheet */
export function acknowledged({ must, readings }) {
  return must.flatMap(({ marker, title }) => {
    const reading = readings.find(({ named }) => named.includes(marker));
    return reading ? [`${title}: ${reading.by}, ${shortTime(reading.at)}`] : [];
  });
}

/** Whether somebody has to do something about it. @param {Sheet} sheet */
export function wants(sheet) {
  if (sheet.way === "earshot") return !sheet.took_over;
  const left = sheet.kind === "transfer" && sheet.missing.length > 0;
  return sheet.carried === "failed" || left || (!sheet.good && sheet.readings.length === 0);
}
