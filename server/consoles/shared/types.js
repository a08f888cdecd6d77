// The shapes that consoles pass about, for readers and for `tsc --checkJs`. Nothing here runs.

/** @typedef {"caller" | "handler" | "other"} Party */
/** @typedef {"immediate" | "high" | "contextual" | "none"} Severity */
/** @typedef {"handler" | "specialist" | "supervisor"} Role */
/** @typedef {"draft" | "settled" | "withdrawn"} Standing */
/** @typedef {{ text: string, start_ms: number, end_ms: number, confidence: number }} Word */

/**
 * A colleague.
 * @typedef {object} Face
 * @property {string} id
 * @property {string} name
 * @property {Role} role
 * @property {boolean} on_duty
 * @property {boolean} [on_break]
 * @property {string[]} [skills]
 */

/**
 * A call in the list: what colleagues may know of it without its words.
 * @typedef {object} Line
 * @property {string} call
 * @property {string | null} arrived_at
 * @property {string | null} ended_at
 * @property {string | null} handler
 * @property {string | null} specialist
 * @property {boolean} nobody_on_duty
 * @property {boolean} connected
 * @property {Party[]} deaf
 * @property {Severity} severity
 * @property {number} open_prompts
 * @property {number} unowned_prompts
 * @property {string[]} [assigned_because]
 * @property {boolean} [awaited]
 * @property {string[]} [needs]
 * @property {number} [earlier_calls]
 * @property {number} [tonight] how many of them came in the last twelve hours
 * @property {string[]} [together] what stands together over it and the calls that it is linked to
 * @property {number} [immediate_waiting]
 * @property {string} [escalated] how far a prompt that nobody owns was brought
 * @property {number} [unresolved]
 * @property {string[]} [reviews]
 * @property {string} [grade]
 * @property {"" | "asked" | "unconfirmed"} [downgrade]
 * @property {Record<string, string>} [watches] what is owed to the call, and to whom that was brought
 * @property {boolean} [noise]
 * @property {string[]} [ring] whom to ring of what was handed over to them, with their numbers
 * @property {Transferred | null} [transfer] what another force has told of it, where it came from one
 */

/** @typedef {{ marker: string, title: string, severity: Severity, quote: string, party: Party, said_at: string, third_hand: boolean, sure: boolean, grave: boolean, by: string, at: string | null }} TransferItem */

/** @typedef {{ title: string, severity: Severity, quote: string, said_at: string, name: string }} SaidBefore */

/**
 * What was said on the other force's earlier calls about the same people.
 * @typedef {{ calls: number, because: string, said: SaidBefore[], unread: boolean }} EarlierCalls
 */

/**
 * A call as another force hands it over.
 * @typedef {object} Transferred
 * @property {string} from_name
 * @property {string} name what the call is called there
 * @property {string} phone
 * @property {string} caller
 * @property {string} at
 * @property {string} why
 * @property {boolean} live
 * @property {string} sent_by
 * @property {boolean} taken whether everything is named
 * @property {TransferItem[]} items
 * @property {string[]} not_asked
 * @property {string[]} records
 * @property {string[]} notes
 * @property {string} earlier the earlier calls as an older server puts them
 * @property {EarlierCalls | null} linked
 * @property {string} sound
 */

/** @typedef {{ call: string, rank: number, because: string[], since: string | null }} Waiting */

/** @typedef {{ owner: string | null, asked: boolean, outcome: string | null, dismissal: string | null, closed_by: string | null, closed_ms: number | null }} Held */

/**
 * A prompt and where it stands.
 * @typedef {object} Prompt
 * @property {string} id
 * @property {string} marker
 * @property {Severity} severity as its marker has it, or what it was upgraded to
 * @property {string} title
 * @property {string} ask
 * @property {string} yes_no
 * @property {string} handler
 * @property {string} specialist
 * @property {string} quote
 * @property {Party} party
 * @property {number} utterance
 * @property {number} at_ms
 * @property {number} start_ms
 * @property {Standing} standing
 * @property {number} order
 * @property {string | null} by
 * @property {number} seq
 * @property {string} raised_at
 * @property {string} heard
 * @property {string} because why it was withdrawn, where it is not simply that the settled words are others
 * @property {boolean} [replay]
 * @property {string} [found] what brought it where no words did
 * @property {string | null} owner
 * @property {boolean} asked
 * @property {string | null} outcome
 * @property {string | null} dismissal
 * @property {string | null} closed_by
 * @property {number | null} closed_ms
 * @property {string} upgraded why it counts for more than its marker; empty: it does not
 * @property {boolean} shared
 * @property {string} escalated to whom, while nobody owns it
 * @property {string | null} told the duty supervisor who was told; null: none was on duty
 * @property {Record<string, "delivered" | "painted" | "seen">} seen_by
 * @property {{ seq: number, person: string, before: Held }[]} steps
 */

/**
 * @typedef {object} Whisper
 * @property {string} id
 * @property {string} text
 * @property {string} from
 * @property {string | null} prompt
 * @property {number} at_ms
 * @property {string | null} read_by
 * @property {string | null} reply
 */

/** @typedef {{ from: number, to: number, marker: string, polarity: string }} Mark */

/** @typedef {{ party: Party, number: number, words: Word[], start_ms: number, end_ms: number, marks: Mark[] }} Turn */
/** @typedef {{ party: Party, number: number, words: Word[], heard_to_ms: number }} Draft */
/** @typedef {{ party: Party, from_ms: number, to_ms: number, cause: string }} Gap */
/** @typedef {{ sound: "taps" | "coughs" | "whispering", party: Party, from_ms: number, to_ms: number, count: number }} Sound */
/** @typedef {{ party: Party, from_ms: number, to_ms: number | null }} Spell */

/**
 * @typedef {object} Sighting
 * @property {string} marker
 * @property {string} polarity
 * @property {Party} party
 * @property {number} utterance
 * @property {string} quote
 * @property {[number, number][]} matched
 * @property {number} start_ms
 * @property {number} end_ms
 * @property {string} rule
 * @property {string} because
 * @property {string} [when]
 * @property {string} [source]
 * @property {string} [answers]
 * @property {string} [corrects]
 * @property {string[]} [cues]
 * @property {string[]} [flags]
 * @property {number} [confidence]
 * @property {string} [doubtful]
 * @property {boolean} [held]
 * @property {string} standing
 */

/** @typedef {{ verdict: "true" | "not" | "missed", person: string, seq: number }} Judgement */

/**
 * One call, folded from its journal.
 * @typedef {object} Call
 * @property {string} id
 * @property {number} last_seq
 * @property {boolean} torn
 * @property {boolean} unreadable
 * @property {string | null} arrived_at
 * @property {number} media_ms
 * @property {string | null} handler
 * @property {string | null} specialist
 * @property {string[]} because
 * @property {string | null} given_by
 * @property {{ holder: string, to: string | null, note: string } | null} released
 * @property {boolean} nobody_on_duty
 * @property {string} next_shift
 * @property {string[] | null} awaited
 * @property {string[]} needs
 * @property {{ earlier_calls: number, within_7_days: number, because: string, tonight: number } | null} history
 * @property {number} memory_seq
 * @property {string[]} reviews
 * @property {{ from_ms: number, to_ms: number }[]} cries
 * @property {Sound[]} sounds
 * @property {number} crew_asks how much of what the crew said waits for an answer
 * @property {string[]} quiet
 * @property {string | null} shown
 * @property {string[]} unresolved
 * @property {number | null} line_lost_ms
 * @property {Record<string, { since_ms: number, why: string }>} unkept by stream, what is not being recorded now
 * @property {number | null} ended_ms
 * @property {string} ending
 * @property {Severity} severity
 * @property {Partial<Record<Party, number>>} deaf
 * @property {Spell[]} deafness
 * @property {Gap[]} gaps
 * @property {Turn[]} turns
 * @property {Partial<Record<Party, number>>} settled
 * @property {Partial<Record<Party, Draft>>} drafts
 * @property {Partial<Record<Party, number>>} backlog_ms
 * @property {Sighting[]} sightings
 * @property {string[]} withdrawn
 * @property {Record<string, string>} heard_as
 * @property {Record<string, Judgement>} judgements
 * @property {Prompt[]} prompts
 * @property {Whisper[]} whispers
 * @property {Dispatch} dispatch
 * @property {Record<string, string>} [left] those who left a video call, and why
 * @property {string} [doorway]
 */

/** @typedef {{ name: string, attend_minutes: number | null, emergency: boolean, regrade_roles: string[] }} Grade */
/** @typedef {{ change: string, grade: string, was: string, by: string, reason: string, done: boolean, turned_down: { by: string, reason: string } | null }} Downgrade */

/**
 * How a call is graded, and what became of it.
 * @typedef {object} Dispatch
 * @property {string} grade
 * @property {string | null} graded_by
 * @property {Downgrade[]} downgrades lower grades that wait for a second person
 * @property {Record<string, string>} units by name: assigned or arrived
 * @property {string} not_needed why nobody is sent; empty: not said
 * @property {boolean | null} rung_back whether it was answered
 * @property {string} queue
 * @property {string} noise why; empty: not labelled
 * @property {Record<string, string>} watches what is owed, and to whom that was brought
 */

/**
 * A marker that stands against a lower grade.
 * @typedef {object} Against
 * @property {string} call
 * @property {string} marker
 * @property {string} title
 * @property {Severity} severity
 * @property {string} quote
 * @property {Party} party
 * @property {number} at_ms
 * @property {string | null} owner
 * @property {boolean} asked
 * @property {string | null} outcome
 * @property {string | null} dismissal
 * @property {string | null} checked_at
 */

/** @typedef {{ grade: string, scale: Grade[], against: Against[] }} GradeView */

/** @typedef {{ state: "connecting" | "live" | "lost" | "reconnecting", since: number | null }} Connection */

/**
 * Everything a console knows.
 * @typedef {object} Model
 * @property {Connection} connection
 * @property {number} skew_ms
 * @property {Face | null} me
 * @property {string} force
 * @property {Record<string, Face>} people
 * @property {Record<string, Line>} lines
 * @property {Waiting[]} waiting
 * @property {Record<string, Call>} calls
 * @property {string | null} selected
 * @property {Record<string, { prompt: string, steps: number[] }>} taken_back by call: the prompt that I last took a step back
 *   on, and the numbers of those steps, whether or not the record has it yet
 */

/** @typedef {{ person: Face, force: string, rights: string[], provider: boolean, csrf: string, model: string, demonstration: boolean, recording: boolean }} Session */
/** @typedef {{ id: string, severity: Severity, title: string, why: string, sources: string[] }} Marker */

/** @typedef {Record<string, any> & { kind: string, seq: number, at_ms: number, recorded_at: string }} JournalEvent */
/** @typedef {Record<string, any> & { type: string }} FeedMessage */

export {};

/** @typedef {{ id: string, kind: string, text: string, about: string, origin: "line" | "heard" | "typed" | "record" | "told", shared: boolean, quote: string }} Entity */
/** @typedef {{ marker: string, severity: Severity, title: string, quote: string, at_ms: number }} EarlierMarker */

/**
 * An earlier call about the same people, and why it is taken for one.
 * @typedef {object} MemoryLink
 * @property {string} call
 * @property {string} force
 * @property {string} at
 * @property {string} ago
 * @property {string} channel
 * @property {string} outcome
 * @property {string} grade
 * @property {boolean} live
 * @property {EarlierMarker[]} markers
 * @property {string[]} reasons
 * @property {number} confidence
 * @property {"linked" | "possible"} strength
 * @property {boolean} counts
 * @property {string | null} confirmed_by
 * @property {string | null} undone_by
 */

/**
 * What a call is about, and the earlier calls that it belongs to.
 * @typedef {object} Memory
 * @property {number} number which call about these people this is tonight
 * @property {{ tonight: number, day: number, week: number, year: number }} counts
 * @property {MemoryLink[]} links
 * @property {{ entity: Entity, confirmed_by: string | null, refused_by: string | null }[]} entities
 * @property {{ name: string, because: string }[]} combinations
 */
