// How a call is graded and what became of it, folded from its journal. Pure.

/** @import { Dispatch, Downgrade, JournalEvent, Line } from "./types.js" */

/** @type {Dispatch} */
export const UNTOLD = {
  grade: "",
  graded_by: null,
  downgrades: [],
  units: {},
  not_needed: "",
  rung_back: null,
  queue: "",
  noise: "",
  watches: {},
};

/** @type {Record<string, string>} */
export const OWED = {
  "no unit assigned": "No unit is assigned",
  "not rung back": "The caller has not been rung back",
  "not in a dispatch queue": "The log is in no dispatch queue",
  "prompts not answered at the call's end": "Prompts were left unanswered",
  "downgrade without a second person": "A lower grade has no second person",
  "transfer sheet without a receipt": "The other force has not received the transfer sheet: ring them",
  "transfer sheet not acknowledged": "The other force has not named everything on the transfer sheet: ring them",
  "transfer to us not acknowledged": "Handed over to us, and not everything is named",
};

/** @type {Record<string, string>} */
export const TOLD = {
  specialist: "brought to the specialist",
  "specialist and supervisor": "brought to specialist and supervisor",
  "duty supervisor": "brought to the duty supervisor",
};

/** @type {Record<string, (dispatch: Dispatch, event: JournalEvent) => Dispatch>} */
const EVENTS = {
  GradeSet: (dispatch, event) => {
    const graded = { ...dispatch, grade: event.grade, graded_by: event.person };
    return event.unconfirmed ? withDowngrade(graded, downgradeOf(event, true)) : without(graded, event.change);
  },
  DowngradeAsked: (dispatch, event) => withDowngrade(dispatch, downgradeOf(event, false)),
  DowngradeConfirmed: (dispatch, event) => without(dispatch, event.change),
  DowngradeLapsed: (dispatch, event) => without(dispatch, event.change),
  DowngradeTurnedDown: (dispatch, event) => {
    const done = dispatch.downgrades.find(({ change }) => change === event.change)?.done;
    if (!done) return without(dispatch, event.change);
    const turned_down = { by: event.person, reason: event.reason ?? "" };
    return { ...dispatch, downgrades: dispatch.downgrades.map((one) => (one.change === event.change ? { ...one, turned_down } : one)) };
  },
  UnitAssigned: (dispatch, { unit }) => ({ ...dispatch, not_needed: "", units: { ...dispatch.units, [unit]: dispatch.units[unit] ?? "assigned" } }),
  UnitArrived: (dispatch, { unit }) => ({ ...dispatch, not_needed: "", units: { ...dispatch.units, [unit]: "arrived" } }),
  UnitStoodDown: (dispatch, { unit }) => {
    const units = { ...dispatch.units };
    delete units[unit];
    return { ...dispatch, units };
  },
  UnitNotNeeded: (dispatch, event) => ({ ...dispatch, not_needed: event.reason }),
  RungBack: (dispatch, event) => ({ ...dispatch, rung_back: event.answered }),
  QueueMoved: (dispatch, event) => ({ ...dispatch, queue: event.queue }),
  NoiseLabelled: (dispatch, event) => ({ ...dispatch, noise: event.reason }),
  WatchRaised: (dispatch, event) => ({ ...dispatch, watches: { ...dispatch.watches, [event.watch]: event.to } }),
  WatchEnded: (dispatch, event) => {
    const watches = { ...dispatch.watches };
    delete watches[event.watch];
    return { ...dispatch, watches };
  },
};

/** @param {Dispatch} dispatch @param {JournalEvent} event @returns {Dispatch} */
export function applyDispatch(dispatch, event) {
  const change = EVENTS[event.kind];
  return change ? change(dispatch, event) : dispatch;
}

/** Whether this grade stands below the present one, as far as the scale tells. @param {{ name: string }[]} scale @param {string} was @param {string} to */
export function lowers(scale, was, to) {
  const names = scale.map(({ name }) => name);
  return was !== "" && was !== to && names.indexOf(to) > 0 && (names.indexOf(was) < 0 || names.indexOf(to) > names.indexOf(was));
}

/** What is owed to a call, in words. @param {Line} line @returns {string[]} */
export function owedBy(line) {
  const them = (line.ring ?? []).join("; ") || "them";
  return Object.keys(line.watches ?? {}).map((watch) => (OWED[watch] ?? watch).replace("ring them", `ring ${them}`));
}

/** @param {JournalEvent} event @param {boolean} done @returns {Downgrade} */
function downgradeOf({ change, grade, was, person, reason }, done) {
  return { change, grade, was, by: person, reason: reason ?? "", done, turned_down: null };
}

/** @param {Dispatch} dispatch @param {Downgrade} downgrade */
function withDowngrade(dispatch, downgrade) {
  return { ...without(dispatch, downgrade.change), downgrades: [...without(dispatch, downgrade.change).downgrades, downgrade] };
}

/** @param {Dispatch} dispatch @param {string} [change] */
function without(dispatch, change) {
  return { ...dispatch, downgrades: dispatch.downgrades.filter((one) => one.change !== change) };
}
