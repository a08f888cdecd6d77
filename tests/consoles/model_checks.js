// What the console's model must hold to; run in the browser by test_model.py.

import { soundText } from "/consoles/components/call-transcript.js";
import { cryText, whisperText } from "/consoles/components/sound-doubt.js";
import { banners } from "/consoles/components/status-banners.js";
import { account, hasToBeQuiet, isCovert, quoted } from "/consoles/shared/evidence.js";
import { pauseMs } from "/consoles/shared/feed.js";
import { apply, resumeFrom, START, torn } from "/consoles/shared/model.js";
import { openPrompts } from "/consoles/shared/prompts.js";
import { rows, stretches } from "/consoles/shared/rows.js";
import { elsewhere, shown, toSelect } from "/consoles/shared/view.js";
import { Way } from "/consoles/shared/video-quality.js";
import { Signal } from "/consoles/shared/video-signal.js";
import { checklist } from "/consoles/shared/checklist.js";
import { hits } from "/consoles/shared/finding.js";
import { countsText } from "/consoles/shared/history.js";
import { summary } from "/consoles/shared/summary.js";
import { signs, silences, spans, speech } from "/consoles/shared/timeline.js";
import { whisperToAnswer } from "/consoles/shared/whispers.js";
import { clock } from "/consoles/shared/words.js";

const SAM = { id: "sam", name: "Sam", role: "specialist", on_duty: true };
const HANNAH = { id: "hannah", name: "Hannah", role: "handler", on_duty: true };

export const checks = {};

function check(name, body) {
  checks[name] = body;
}

function same(actual, expected) {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${one} is not ${other}`);
}

/** A model that follows one call with these events, numbered from 1. */
function after(events, { me = SAM, call = "CA1", model = START } = {}) {
  const numbered = events.map((event, place) => ({ seq: place + 1, at_ms: 0, recorded_at: "2026-01-01T00:00:00Z", ...event }));
  return apply({ ...model, me, selected: call }, { type: "events", call, events: numbered });
}

function words(text, at_ms = 0) {
  return text.split(" ").map((word, place) => ({ text: word, start_ms: at_ms + place * 100, end_ms: at_ms + place * 100 + 90, confidence: 1 }));
}

function said(party, number, text, at_ms) {
  return { kind: "UtteranceHeard", at_ms, utterance: { party, number, words: words(text, at_ms), heard_to_ms: at_ms } };
}

function sighted(utterance, matched, quote, { standing = "settled", marker = "weapon", polarity = "affirmed" } = {}) {
  return { kind: "MarkerSighted", standing, sighting: { marker, party: "caller", utterance, matched, quote, polarity } };
}

function raised(id, severity = "immediate", more = {}) {
  const prompt = { id, severity, marker: id, title: id, ask: "?", party: "caller", utterance: 0, quote: "knife", at_ms: 0, start_ms: 0, standing: "settled", ...more };
  return { kind: "PromptRaised", prompt };
}

const one = (model) => model.calls.CA1;
const texts = (model) => rows(one(model)).map((row) => (row.words ? row.words.map((word) => word.text).join(" ") : row.kind));
const ids = (model) => openPrompts(one(model), model.me).map((prompt) => prompt.id);

check("what was taken back is in front as it will stand, before the record has it and after", () => {
  const closing = { kind: "PromptAnswered", prompt: "p2", person: "sam", outcome: "no" };
  const steps = [{ kind: "CallArrived" }, raised("p1"), raised("p2"), { kind: "PromptOwned", prompt: "p2", person: "sam" }, closing];
  const answered = after(steps);
  const taken = apply(answered, { type: "take-back", call: "CA1", prompt: "p2", seq: 5 });
  same([shown(answered).front.id, shown(taken).front.id, shown(taken).front.outcome], ["p1", "p2", null]);
  const recorded = after([...steps, { kind: "PromptUndone", prompt: "p2", person: "sam" }], { model: taken });
  same([shown(recorded).front.id, shown(recorded).front.owner, shown(recorded).closed.length], ["p2", "sam", 0]);
  same(shown(apply(taken, { type: "not-taken-back", call: "CA1" })).front.id, "p1");
  const closed = after([...steps, { kind: "PromptUndone", prompt: "p2", person: "sam" }, closing], { model: taken });
  same(shown(closed).front.id, "p1");
});

check("the same events twice are the same as once", () => {
  const events = [{ kind: "CallArrived" }, said("caller", 0, "help me", 100), raised("p1")];
  const once = after(events);
  same(after(events, { model: once }), once);
});

check("earlier calls are counted by the day, the week and the year", () => {
  same(countsText({ tonight: 0, day: 1, week: 2, year: 3 }), "24 h: 1 · 7 days: 2 · 12 months: 3");
});

check("a missing event tears the call rather than passing unseen", () => {
  const model = after([{ kind: "CallArrived" }, { ...said("caller", 0, "help", 0), seq: 3 }]);
  same(torn(model).id, "CA1");
  same(resumeFrom(model), { CA1: 1 });
});

check("turns stand in media order whatever the order of arrival", () => {
  const model = after([said("handler", 0, "third", 3000), said("caller", 0, "first", 1000), said("caller", 1, "second", 2000)]);
  same(texts(model), ["first", "second", "third"]);
});

check("a draft is replaced by the next draft and by its settled words", () => {
  const draft = (number, text) => ({ type: "draft", call: "CA1", party: "caller", number, words: words(text), heard_to_ms: 0 });
  let model = after([{ kind: "CallArrived" }]);
  model = apply(apply(model, draft(0, "he")), draft(0, "he has"));
  same(texts(model), ["he has"]);
  same(rows(one(model))[0].kind, "draft");
  model = after([{ kind: "CallArrived" }, said("caller", 0, "he had", 0)], { model });
  same(texts(model), ["he had"]);
  same(texts(apply(model, draft(0, "late"))), ["he had"]);
});

check("quoted words are marked where they were said", () => {
  const model = after([said("caller", 0, "he has got a knife", 0), sighted(0, [[3, 5]], "a knife")]);
  const [turn] = one(model).turns;
  same(stretches(turn.words, turn.marks).map(({ text, mark }) => [text, mark?.marker ?? null]), [["he has got", null], ["a knife", "weapon"]]);
});

check("a draft's mark goes when the settled words say something else", () => {
  const draft = sighted(0, [[3, 5]], "a knife", { standing: "draft" });
  same(one(after([draft, said("caller", 0, "he has got a night", 0)])).turns[0].marks, []);
  const withdrawn = { kind: "SightingWithdrawn", marker: "weapon", party: "caller", utterance: 0, heard: "" };
  same(one(after([draft, said("caller", 0, "he has got a knife", 0), withdrawn])).turns[0].marks, []);
});

check("a denial never covers the evidence beside it", () => {
  const model = after([
    said("caller", 0, "yes but it hurts", 0),
    sighted(0, [[0, 4]], "yes but it hurts", { marker: "blackout", polarity: "denied" }),
    sighted(0, [[2, 4]], "it hurts", { marker: "injury" }),
  ]);
  const [turn] = one(model).turns;
  same(stretches(turn.words, turn.marks).map(({ text, mark }) => [text, mark.marker]), [["yes but", "blackout"], ["it hurts", "injury"]]);
});

check("overlapping marks never say a word twice", () => {
  const marks = [{ from: 0, to: 3, marker: "a" }, { from: 1, to: 4, marker: "b" }];
  same(stretches(words("one two three four"), marks).map(({ text }) => text), ["one two three", "four"]);
});

check("lost sound and deafness stand in the transcript, duplicates do not", () => {
  const gap = (cause, from_ms) => ({ kind: "GapHeard", party: "caller", from_ms, to_ms: from_ms + 3200, cause });
  const model = after([gap("lost", 100), gap("duplicate", 200), { kind: "EarLost", party: "caller", at_ms: 5000 }]);
  same(texts(model), ["gap", "deaf"]);
});

check("what may be a scream is a doubt with its moment, and is told apart at the end of a call", () => {
  const cry = (from_ms) => ({ kind: "CryDoubted", party: "caller", from_ms, to_ms: from_ms + 500 });
  const text = (events) => cryText(one(after(events)));
  same(text([]), "");
  same(text([cry(105000)]), "A loud cry or noise may have been heard at 01:45. Keep the line open.");
  const end = { kind: "CallEnded", at_ms: 121000, why: "hung up" };
  same(text([cry(105000), cry(120000), end]), "A loud cry or noise may have been heard at 02:00, the latest of 2. The call ended right after it.");
  same(text([cry(10000), end]), "A loud cry or noise may have been heard at 00:10.");
});

check("what may be whispering is a doubt that puts questions for a yes or a no, and a quiet line", () => {
  const sound = (kind, count = 1) => ({ kind: "SoundDoubted", sound: kind, party: "caller", from_ms: 105000, to_ms: 107000, count });
  const hushed = one(after([said("caller", 0, "help", 0), sound("whispering")]));
  same(whisperText(hushed), "The caller may be whispering, at 01:45. Speak quietly; ask for yes or no.");
  same([hasToBeQuiet(hushed), isCovert(hushed)], [true, false]);
  same(rows(hushed).map(({ kind }) => kind), ["said", "sound"]);
  const knocked = one(after([sound("taps", 2), sound("coughs")]));
  same([whisperText(knocked), cryText(knocked), hasToBeQuiet(knocked)], ["", "", false]);
  same(knocked.sounds.map(({ sound, count }) => soundText(sound, count, "the caller")), ["Perhaps 2 taps by the caller", "Perhaps a cough by the caller"]);
});

check("deafness is a grave banner until the ear is restored or the call ends", () => {
  const lost = { kind: "EarLost", party: "caller", at_ms: 134000 };
  const grave = (events) => banners({ connection: { state: "live" }, call: one(after(events)), session: {}, me: SAM }).map(({ text }) => text);
  same(grave([lost]), ["NOT LISTENING to the caller since 02:14. Listen for yourself."]);
  same(grave([lost, { ...lost, party: "handler" }]), ["NOT LISTENING to the caller and the handler since 02:14. Listen for yourself."]);
  same(grave([lost, { kind: "EarRestored", party: "caller", at_ms: 140000 }]), []);
  same(grave([lost, { kind: "CallEnded", at_ms: 150000, why: "hung up" }]), []);
});

check("a call whose record cannot be read says so until it can", () => {
  const text = (model) => banners({ connection: { state: "live" }, call: one(model), session: {}, me: SAM }).length;
  const lost = apply(after([{ kind: "CallArrived" }]), { type: "unreadable", call: "CA1" });
  const back = apply(lost, { type: "events", call: "CA1", events: [{ ...said("caller", 0, "help", 0), seq: 2 }] });
  same([text(lost), text(back), texts(back)], [1, 0, ["help"]]);
});

check("hearing more than a second late is a banner, less is not", () => {
  const late = (backlog_ms) =>
    banners({
      connection: { state: "live" },
      call: one(apply(after([{ kind: "CallArrived" }]), { type: "backlog", call: "CA1", party: "caller", backlog_ms })),
      session: {},
      me: SAM,
    }).length;
  same([late(900), late(1000), late(1001)], [0, 0, 1]);
});

check("the graver prompt stands in front, then the older", () => {
  same(ids(after([raised("p1", "high"), raised("p2"), raised("p3")])), ["p2", "p3", "p1"]);
});

check("what I own stays in front, and what was heard differently waits", () => {
  const own = { kind: "PromptOwned", prompt: "p1", person: "sam" };
  same(ids(after([raised("p1", "high"), own, raised("p2")])), ["p1", "p2"]);
  const withdrawn = { kind: "PromptWithdrawn", prompt: "p2", heard: "a night" };
  const model = after([raised("p1", "high"), raised("p2"), withdrawn]);
  same(ids(model), ["p1", "p2"]);
  same(one(model).prompts[1].heard, "a night");
});

check("a handler is interrupted by immediate prompts alone", () => {
  same(ids(after([raised("p1", "high"), raised("p2")], { me: HANNAH })), ["p2"]);
});

check("undoing gives back what was, and keeps what was heard since", () => {
  const model = after([
    raised("p1", "immediate", { standing: "draft" }),
    { kind: "PromptOwned", prompt: "p1", person: "sam" },
    { kind: "PromptAnswered", prompt: "p1", person: "sam", outcome: "denied" },
    { kind: "PromptConfirmed", prompt: "p1", quote: "the knife" },
    { kind: "PromptUndone", prompt: "p1", person: "sam" },
  ]);
  const [prompt] = one(model).prompts;
  same([prompt.owner, prompt.outcome, prompt.standing, prompt.quote, prompt.steps.length], ["sam", null, "settled", "the knife", 1]);
});

check("another call's unowned prompt is pointed out, the gravest first", () => {
  let model = after([raised("p1", "high")], { call: "CA2" });
  model = after([raised("p1")], { call: "CA3", model });
  model = after([raised("p1")], { model });
  same(elsewhere(model).call, "CA3");
});

check("nobody is moved off the call that they chose", () => {
  let model = after([{ kind: "CallArrived" }]);
  model = after([raised("p1")], { call: "CA2", model: { ...model } });
  same(toSelect({ ...model, selected: "CA1" }), "CA1");
  same(shown({ ...model, selected: "CA1" }).front, null);
});

check("my live call is waited for, and no ended one takes its place meanwhile", () => {
  const lines = {
    CA1: { call: "CA1", ended_at: "2026-01-01T00:00:00Z", handler: null, specialist: null },
    CA2: { call: "CA2", ended_at: null, handler: "hannah", specialist: "sam" },
  };
  let model = { ...after([raised("p1")]), lines, selected: null };
  same(toSelect(model), null);
  model = after([raised("p1")], { call: "CA2", model });
  same(toSelect({ ...model, selected: null }), "CA2");
  same(toSelect({ ...model, selected: null, me: HANNAH, lines: { CA1: lines.CA1 } }), "CA1");
});

check("a reset empties the call so that it can begin again", () => {
  const model = apply(after([raised("p1")]), { type: "reset", call: "CA1" });
  same([one(model).last_seq, one(model).prompts], [0, []]);
});

check("being cut off counts from when it began, not from the last try", () => {
  let model = apply(START, { type: "live", at: 1000 });
  model = apply(model, { type: "connection", state: "lost", at: 5000 });
  model = apply(model, { type: "connection", state: "reconnecting", at: 7000 });
  same(model.connection, { state: "reconnecting", since: 5000 });
});

check("calls long ended leave the memory, but not the one on the screen", () => {
  const line = { call: "CA1", ended_at: "2026-01-01T00:00:00Z" };
  const model = { ...after([raised("p1")]), lines: { CA1: line } };
  const later = { type: "tick", now: "2026-01-01T00:16:00Z" };
  same(Object.keys(apply(model, later).calls), ["CA1"]);
  same(Object.keys(apply({ ...model, selected: null }, later).calls), []);
});

check("pauses between tries grow, are spread and stay bounded", () => {
  same([0, 1, 2, 10].map((tries) => pauseMs(tries, () => 1)), [300, 600, 1200, 8000]);
  same(pauseMs(2, () => 0), 600);
});

check("times read as minutes and seconds", () => {
  same([clock(0), clock(134900), clock(3725000)], ["00:00", "02:14", "1:02:05"]);
});

const evidenceOf = (events, marker = "weapon") => account(one(after(events)), marker);
const sides = ({ speaking, denied, doubtful }) => [speaking.length, denied.length, doubtful.length];

check("a denial stands beside the evidence and takes nothing from it", () => {
  const denied = sighted(1, [[0, 1]], "no", { polarity: "denied" });
  same(sides(evidenceOf([sighted(0, [[0, 1]], "knife"), denied])), [1, 1, 0]);
});

check("settled words take the place of the draft that showed the same", () => {
  const draft = sighted(0, [[0, 1]], "knife", { standing: "draft" });
  same(evidenceOf([draft, sighted(0, [[0, 1]], "knife")]).speaking.map(({ standing }) => standing), ["settled"]);
});

check("what was heard differently stays with what was heard instead", () => {
  const draft = sighted(0, [[0, 1]], "knife", { standing: "draft" });
  const withdrawn = { kind: "SightingWithdrawn", marker: "weapon", party: "caller", utterance: 0, heard: "a night" };
  same(evidenceOf([draft, withdrawn]).doubtful.map(({ heard }) => heard), ["a night"]);
});

check("a correction stands on the evidence that it corrects", () => {
  const wrong = sighted(0, [[0, 1]], "yes");
  wrong.sighting.rule = "weapon/answered";
  const right = sighted(0, [[0, 1]], "yes", { polarity: "uncertain" });
  Object.assign(right.sighting, { rule: "weapon/corrected", corrects: "weapon/answered", because: "Late." });
  same(evidenceOf([wrong, right]).doubtful.map(({ corrected }) => corrected), ["Late.", ""]);
});

check("a retraction is shown beside what was said before it and after nothing", () => {
  const at = (event, start_ms) => ({ ...event, sighting: { ...event.sighting, start_ms } });
  const back = at(sighted(1, [[0, 1]], "I made it up", { marker: "minimisation_or_retraction" }), 5000);
  same(evidenceOf([at(sighted(0, [[0, 1]], "knife"), 0), back]).taken_back.length, 1);
  same(evidenceOf([at(sighted(0, [[0, 1]], "knife"), 9000), back]).taken_back.length, 0);
});

check("the words that matched are marked in the turn that they were said in", () => {
  const model = after([said("caller", 0, "he has got a knife now", 0), sighted(0, [[3, 5]], "a knife")]);
  const [found] = account(one(model), "weapon").speaking;
  same(quoted(one(model), found), [{ text: "he has got", matched: false }, { text: "a knife", matched: true }, { text: "now", matched: false }]);
});

check("a call is covert from its sighting on, and not while that is held back, denied or taken back by the words", () => {
  const covert = (more) => isCovert(one(after([sighted(0, [[0, 1]], "a taxi", { marker: "covert_call", ...more })])));
  same([covert({}), covert({ polarity: "denied" })], [true, false]);
  const held = sighted(0, [[0, 1]], "a taxi", { marker: "covert_call" });
  held.sighting.held = true;
  same(isCovert(one(after([held]))), false);
});

// The checklist, the picture, finding, and the summary

check("a force puts a topic in its own words, and the others as everybody does", () => {
  const call = one(after([{ kind: "CallArrived" }]));
  const [place, suspect] = checklist(call, { place: { label: "Address", ask: "What is the address?", yes_no: "" } });
  same([place.topic.label, place.topic.ask, place.topic.yes_no], ["Address", "What is the address?", "Are you at home?"]);
  same(suspect.topic.label, "Where the suspect is");
});

const LEGEND = { weapon: { title: "Weapon", severity: "immediate" } };
const stateOf = (events, id) => checklist(one(after(events))).find(({ topic }) => topic.id === id);

check("what nobody asked is not asked", () => {
  same(checklist(one(after([{ kind: "CallArrived" }]))).every(({ state }) => state === "not asked"), true);
});

check("a handler's question is asked, and answered by the caller's next words", () => {
  const asked = said("handler", 0, "have they been drinking tonight", 1000);
  same(stateOf([asked], "drink").state, "asked");
  const answered = stateOf([asked, said("caller", 0, "all day", 4000)], "drink");
  same([answered.state, answered.quote], ["answered", "all day"]);
});

check("a question that the handler talked over is not answered", () => {
  const events = [said("handler", 0, "is there a knife", 1000), said("handler", 1, "i am sending somebody", 3000), said("caller", 0, "yes", 5000)];
  same(stateOf(events, "weapons").state, "asked");
});

check("a caller's question asks nothing", () => {
  same(stateOf([said("caller", 0, "will he get bail", 1000)], "orders").state, "not asked");
});

check("a denial answers as a yes does, and a draft does not yet", () => {
  const denied = sighted(0, [[0, 1]], "no knife", { polarity: "denied" });
  same(stateOf([denied], "weapons").state, "answered");
  same(stateOf([sighted(0, [[0, 1]], "knife", { standing: "draft" })], "weapons").state, "not asked");
});

check("what was not safe to ask says so", () => {
  const answered = { kind: "PromptAnswered", prompt: "p1", person: "sam", outcome: "not safe to ask", at_ms: 9000 };
  same(stateOf([raised("p1", "immediate", { marker: "weapon" }), answered], "weapons").state, "not safe");
});

check("speech is joined over a breath and parted by a pause", () => {
  const call = one(after([said("caller", 0, "one two", 0), said("caller", 1, "three", 600), said("caller", 2, "four", 3000)]));
  same(speech(call).map(({ from_ms, to_ms }) => [from_ms, to_ms]), [[0, 690], [3000, 3090]]);
});

check("a silence is a stretch in which neither side spoke", () => {
  const call = one(after([said("caller", 0, "one", 0), said("handler", 0, "two", 2000), said("caller", 1, "three", 9000)]));
  same(silences(speech(call)), [{ from_ms: 2090, to_ms: 9000 }]);
});

check("an open prompt lasts to the end, a closed one to its closing", () => {
  const answered = { kind: "PromptAnswered", prompt: "p1", person: "sam", outcome: "yes", at_ms: 7000 };
  const call = one(after([raised("p1"), raised("p2", "high", { at_ms: 2000 }), answered]));
  same(spans(call, 9000).map(({ from_ms, to_ms, open }) => [from_ms, to_ms, open]), [[0, 7000, false], [2000, 9000, true]]);
});

check("a withdrawn sighting leaves the picture", () => {
  const draft = sighted(0, [[0, 1]], "knife", { standing: "draft" });
  const withdrawn = { kind: "SightingWithdrawn", marker: "weapon", party: "caller", utterance: 0, heard: "a night" };
  same(signs(one(after([draft])), LEGEND).length, 1);
  same(signs(one(after([draft, withdrawn])), LEGEND).length, 0);
});

check("words are found across the words of a turn, each place once", () => {
  const call = one(after([said("caller", 0, "he has the car in the car park", 0), said("handler", 0, "The car", 5000)]));
  same(hits(call.turns, " the  car").map(({ from, to }) => [from, to]), [[2, 4], [5, 7], [0, 2]]);
  same(hits(call.turns, " "), []);
});

check("the summary keeps what was heard, third-hand and not asked apart", () => {
  const told = sighted(1, [[0, 1]], "she said he has a gun");
  told.sighting.source = "third-hand";
  const text = summary(one(after([said("caller", 0, "a knife", 0), sighted(0, [[1, 2]], "a knife"), told])), LEGEND);
  const [heard, third] = [text.indexOf("HEARD NOW"), text.indexOf("THIRD-HAND")];
  same([heard > 0, third > heard, text.indexOf("she said") > third, text.includes("NOT ASKED: Where they are")], [true, true, true, true]);
});

check("a call that only taps speak for has them in its summary", () => {
  const tapped = sighted(0, [], "2 taps");
  Object.assign(tapped.sighting, { source: "sound on the line", start_ms: 0 });
  same(summary(one(after([tapped])), LEGEND).includes('HEARD NOW\n00:00 Caller: "2 taps"'), true);
});

check("a whisper waits until it is answered", () => {
  const sent = { kind: "WhisperSent", whisper: "w1", text: "ask", person: "sam" };
  const replied = { kind: "WhisperAnswered", whisper: "w1", person: "hannah", reply: "yes" };
  same(whisperToAnswer(one(after([sent]))).id, "w1");
  same(whisperToAnswer(one(after([sent, replied]))), null);
});

check("an upgrade never makes a prompt less grave", () => {
  const upgraded = { kind: "PromptUpgraded", prompt: "p1", severity: "high", because: "two" };
  same(one(after([raised("p1"), upgraded])).prompts[0].severity, "immediate");
});

check("undoing brings back what stood before the step", () => {
  const steps = ["PromptOwned", "PromptAsked"].map((kind) => ({ kind, prompt: "p1", person: "sam" }));
  const { owner, asked } = one(after([raised("p1"), ...steps, { kind: "PromptUndone", prompt: "p1", person: "sam" }])).prompts[0];
  same([owner, asked], ["sam", false]);
});

/** A look every two seconds, each at what this gives for the way and the second. */
function looked(way, seconds, line) {
  const became = [];
  for (let now = 0; now < seconds; now += 2) {
    if (way.look(line(way, now), now * 1000)) became.push([now, way.quality]);
  }
  return became;
}

check("a weak line is sent stills, then sound, then words, a step at a time", () => {
  const way = new Way();
  same(looked(way, 16, () => ({ rate: 40000, lost: 0.3 })), [[2, "stills"], [6, "sound"], [10, "text"]]);
});

check("one bad look changes nothing", () => {
  const way = new Way();
  same(looked(way, 40, (_, now) => ({ rate: 500000, lost: now % 4 ? 0 : 0.3 })), []);
});

check("a line that is good again is sent all again, whatever it measures before it was tried", () => {
  const way = new Way();
  looked(way, 16, () => ({ rate: 40000, lost: 0.3 }));
  const good = looked(way, 60, ({ quality }) => ({ rate: quality === "full" ? 500000 : 30000, lost: 0 }));
  same(good.map(([, quality]) => quality), ["sound", "stills", "full"]);
});

check("what a line does not bear is tried ever less often", () => {
  const way = new Way();
  const tried = looked(way, 300, ({ quality }) => ({ rate: 500000, lost: quality === "full" ? 0.3 : 0 }))
    .filter(([, quality]) => quality === "full")
    .map(([now]) => now);
  const waits = tried.slice(1).map((now, place) => now - tried[place]);
  same(waits.every((wait, place) => place === 0 || wait > waits[place - 1]), true);
  same(waits.length > 2, true);
});

check("a new connection is sent what the last one bore", () => {
  const way = new Way();
  looked(way, 4, () => ({ rate: 40000, lost: 0.3 }));
  way.begin(4000);
  same(way.quality, "stills");
});

/** The socket of a video call, as the network would have it. */
class Dialled extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  readyState = Dialled.CONNECTING;
  sent = [];

  constructor() {
    super();
    Dialled.all.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text).type);
  }

  close() {
    this.readyState = 2;
  }

  opens() {
    this.readyState = Dialled.OPEN;
    this.dispatchEvent(new Event("open"));
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify({ type: "welcome" }) }));
  }

  dies() {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code: 1006 }));
  }
}

/** A page in a video call, on a line and by a clock of the check's own; every pause is as long as it can be. */
function inCall(body) {
  const real = { WebSocket, setTimeout, clearTimeout, setInterval, clearInterval };
  const [now, random] = [Date.now, Math.random];
  const line = { ms: 0, told: [], timers: new Map(), last: () => Dialled.all.at(-1), dialled: () => Dialled.all.length };
  let id = 0;
  line.passes = (ms) => {
    const until = line.ms + ms;
    for (;;) {
      const [due] = [...line.timers].filter(([, one]) => one.at <= until).sort(([, a], [, b]) => a.at - b.at);
      if (!due) break;
      const [name, { at, does, every }] = due;
      line.ms = at;
      if (every) line.timers.set(name, { at: at + every, does, every });
      else line.timers.delete(name);
      does();
    }
    line.ms = until;
  };
  /** How long it takes until something more is dialled. */
  line.untilNext = () => {
    const [from, before] = [line.ms, line.dialled()];
    while (line.dialled() === before && line.ms - from < 60_000) line.passes(10);
    return line.ms - from;
  };
  const timed = (every) => (does, ms) => line.timers.set(++id, { at: line.ms + ms, does, every: every && ms }) && id;
  const stopped = (one) => line.timers.delete(one);
  Dialled.all = [];
  Object.assign(window, { WebSocket: Dialled, setTimeout: timed(false), clearTimeout: stopped, setInterval: timed(true), clearInterval: stopped });
  [Date.now, Math.random] = [() => line.ms, () => 1];
  const signal = new Signal({ url: "ws://nowhere", heard: () => {}, lost: () => line.told.push("lost"), ended: () => {} });
  try {
    signal.begin();
    body(line);
  } finally {
    signal.close();
    Object.assign(window, real);
    [Date.now, Math.random] = [now, random];
  }
}

const online = () => dispatchEvent(new Event("online"));
const unlocked = () => document.dispatchEvent(new Event("visibilitychange"));
const WITHIN_MS = 3000; // of the network's return, by the specification

check("the network's return begins a try at once in place of one that began without it", () => {
  inCall((line) => {
    const begun = line.last();
    online();
    same([line.dialled(), begun.readyState], [2, 2]);
    begun.dies();
    line.passes(1000);
    same([line.dialled(), line.told], [2, []]);
    line.last().opens();
    same(line.last().sent, ["hello"]);
  });
});

check("the network's return begins a try at once in place of a pause", () => {
  inCall((line) => {
    line.last().opens();
    line.last().dies();
    online();
    same([line.dialled(), line.told], [2, ["lost"]]);
    line.passes(1000);
    same(line.dialled(), 2);
  });
});

check("a phone that is unlocked begins a try at once where its connection has been silent", () => {
  inCall((line) => {
    line.last().opens();
    line.ms += 60_000; // asleep: no timer ran
    unlocked();
    same([line.dialled(), line.told], [2, ["lost"]]);
  });
});

check("a connection that lives is kept when the network or the page comes back", () => {
  inCall((line) => {
    line.last().opens();
    online();
    same(line.last().sent, ["hello", "ping"]);
    line.last().dispatchEvent(new MessageEvent("message", { data: JSON.stringify({ type: "pong" }) }));
    line.passes(4000);
    same([line.dialled(), line.told], [1, []]);
  });
});

check("a connection that died with the old network is given up within three seconds of the new one", () => {
  inCall((line) => {
    line.last().opens();
    online();
    const took = line.untilNext();
    if (took > WITHIN_MS) throw new Error(`${took} ms`);
    same(line.told, ["lost"]);
  });
});

check("nobody has to say that the network is back: between two tries there is a second at most", () => {
  inCall((line) => {
    line.last().opens();
    const pauses = Array.from({ length: 8 }, () => {
      line.last().dies();
      return line.untilNext();
    });
    same([pauses[0], Math.max(...pauses)], [200, 1000]);
  });
});
