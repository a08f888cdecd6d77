// What a call handler has to have asked (College of Policing practice), and how the asking sounds.

/**
 * @typedef {object} Topic
 * @property {string} id
 * @property {string} label
 * @property {string} ask
 * @property {string} yes_no for a caller who cannot speak freely
 * @property {RegExp} asked how a handler asks about it
 * @property {string[]} markers that answer it when the caller's words show them, or deny them
 */

/** @type {Topic[]} */
export const TOPICS = [
  {
    id: "place",
    label: "Where they are",
    ask: "Where exactly are you?",
    yes_no: "Are you at home?",
    asked: /\b(address|postcode|where(abouts)? (exactly )?are you|your location|what (street|road)|(street|road) name)\b/,
    markers: [],
  },
  {
    id: "suspect",
    label: "Where the suspect is",
    ask: "Where are they now?",
    yes_no: "Are they in the room with you?",
    asked:
      /\b(is (he|she) (still )?(there|here|with you|in (the|your))|are they (still )?(there|with you|in (the|your))|where('s| is| are) (he|she|they)\b|(he|she|they) (going to )?com(e|ing) back|anyone with you)/,
    markers: ["perpetrator_present", "perpetrator_left_scene", "perpetrator_at_door", "assault_in_progress"],
  },
  {
    id: "hurt",
    label: "Injury, ambulance",
    ask: "Is anyone hurt?",
    yes_no: "Do you need an ambulance?",
    asked: /\b(hurt|injur(y|ies|ed)|bleeding|ambulance|breathe|breathing|in (any )?pain)\b/,
    markers: ["serious_injury", "injury", "strangulation"],
  },
  {
    id: "children",
    label: "Children, vulnerable adults",
    ask: "Who else is in the home, and are they safe?",
    yes_no: "Are there children in the home?",
    asked: /\b(child|children|kids|baby|babies|who else|anyone else|anybody else)\b/,
    markers: ["children_present", "child_harm", "older_victim", "disabled_or_dependent_victim"],
  },
  {
    id: "weapons",
    label: "Weapons",
    ask: "Is there anything in their hands, or near them?",
    yes_no: "Do they have a weapon?",
    asked: /\b(weapons?|knife|knives|gun|armed|in (his|her|their) hands?)\b/,
    markers: ["weapon", "firearm", "fire_or_corrosive"],
  },
  {
    id: "before",
    label: "Earlier abuse, MARAC",
    ask: "Has this happened before?",
    yes_no: "Has this happened before?",
    asked: /\b(happened before|done (this|it) before|before tonight|(called|rung) (us|the police) before|how long has|marac)\b/,
    markers: ["perpetrator_history", "repeat_incident", "escalation"],
  },
  {
    id: "drink",
    label: "Alcohol, drugs",
    ask: "Has anyone been drinking, or taken anything?",
    yes_no: "Have they been drinking?",
    asked: /\b(drink|drinking|drunk|alcohol|drugs?|taken (anything|something))\b/,
    markers: ["substance_use"],
  },
  {
    id: "orders",
    label: "Court orders, bail",
    ask: "Is there a court order, or bail?",
    yes_no: "Is there a court order?",
    asked: /\b(court order|injunction|non ?mol\w*|bail|restraining|conditions|protection (order|notice))\b/,
    markers: ["breach_of_order"],
  },
  {
    id: "needs",
    label: "Communication needs",
    ask: "Can you speak freely? Is there anything that would help us talk?",
    yes_no: "Can you hear me all right?",
    asked: /\b(interpreter|what language|hard of hearing|safe to (talk|speak|text)|(talk|speak) freely|speak english)\b/,
    markers: ["covert_call"],
  },
  {
    id: "looks",
    label: "Suspect's name, description",
    ask: "What is their name, and what are they wearing?",
    yes_no: "Do we know them already?",
    asked: /\b(look(s)? like|wearing|descri(be|ption)|how tall|(his|her|their) (full )?name|date of birth)\b/,
    markers: [],
  },
  {
    id: "word",
    label: "Key word agreed",
    ask: "If they come back, say a word that we agree now.",
    yes_no: "If they come back, can you say the word “pizza”?",
    asked: /\b((key|code|safe) ?word|say the word)\b/,
    markers: [],
  },
];
