"""The forms a word takes in speech: grab, grabs, grabbed, grabbing, grabbin."""

from functools import lru_cache

VOWELS = "aeiou"

IRREGULAR: dict[str, tuple[str, ...]] = {
    row.split()[0]: tuple(row.split())
    for row in """
be is are am was were been being
beat beats beating beaten
begin begins began begun beginning
bite bites bit bitten biting
bleed bleeds bled bleeding
blow blows blew blown blowing
break breaks broke broken breaking
bring brings brought bringing
burn burns burned burnt burning
burst bursts bursting bust
buy buys bought buying
catch catches caught catching
choose chooses chose chosen choosing
come comes came coming
cut cuts cutting
deal deals dealt dealing
die dies died dying
dig digs dug digging
do does did done doing
drag drags dragged drug dragging
draw draws drew drawn drawing
drink drinks drank drunk drinking
drive drives drove driven driving
eat eats ate eaten eating
fall falls fell fallen falling
feel feels felt feeling
fight fights fought fighting
find finds found finding
flee flees fled fleeing
fling flings flung flinging
fly flies flew flown flying
forbid forbids forbade forbidden forbidding
force forces forced forcing
get gets got gotten getting
give gives gave given giving
go goes went gone going
grow grows grew grown growing
hang hangs hung hanged hanging
have has had having
hear hears heard hearing
hide hides hid hidden hiding
hit hits hitting
hold holds held holding
hurt hurts hurting
keep keeps kept keeping
know knows knew known knowing
lay lays laid laying
lead leads led leading
leave leaves left leaving
let lets letting
lie lies lied lying
light lights lit lighted lighting
lose loses lost losing
make makes made making
mean means meant meaning
meet meets met meeting
nut nuts nutted nutting
pay pays paid paying
put puts putting
read reads reading
ride rides rode ridden riding
ring rings rang rung ringing
run runs ran running
say says said saying
see sees saw seen seeing
sell sells sold selling
send sends sent sending
set sets setting
shake shakes shook shaken shaking
shoot shoots shot shooting
shout shouts shouted shouting
show shows showed shown showing
shut shuts shutting
sit sits sat sitting
sleep sleeps slept sleeping
slide slides slid sliding
sling slings slung slinging
speak speaks spoke spoken speaking
spend spends spent spending
spin spins spun spinning
spit spits spat spitting
stand stands stood standing
steal steals stole stolen stealing
stick sticks stuck sticking
strike strikes struck striking
string strings strung stringing
strip strips stripped stripping
swear swears swore sworn swearing
swing swings swung swinging
take takes took taken taking
teach teaches taught teaching
tear tears tore torn tearing
tell tells told telling
think thinks thought thinking
throw throws threw thrown throwing chucking
tread treads trod trodden treading
try tries tried trying
twist twists twisted twisting
wake wakes woke woken waking
wear wears wore worn wearing
weep weeps wept weeping
win wins won winning
wind winds wound winding
write writes wrote written writing
child children
man men
woman women
wife wives
knife knives
tooth teeth
foot feet
baby babies
person people
""".strip().splitlines()
}

DOUBLING_EXCEPTIONS = frozenset(
    {"batter", "hammer", "bother", "threaten", "corner", "open", "happen", "listen"}
)
"""Two-syllable words whose last consonant stays single."""


BASES = {form: base for base, row in IRREGULAR.items() for form in row}
_ENDINGS = ("ing", "ied", "ies", "ed", "es", "in", "s")
_SHORTEST_STEM = 3


@lru_cache(maxsize=16_384)
def base(word: str) -> str:
    """What the regular and irregular forms of a word have in common; rough, and no word itself."""
    if word in BASES:
        return BASES[word]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            stem = word[: -len(ending)]
            doubled = stem[-1] == stem[-2] and stem[-1] not in VOWELS + "ls"
            return BASES.get(stem, (stem[:-1] if doubled else stem).rstrip("ey"))
    return word.rstrip("ey") if len(word) > _SHORTEST_STEM else word


def forms(word: str) -> frozenset[str]:
    """Every form of a verb or noun, the word itself included."""
    known = IRREGULAR.get(word)
    made = {word, *known} if known else {word, *_regular(word)}
    return frozenset(made | {form[:-1] for form in made if form.endswith("ing") and len(form) > 4})


def _regular(word: str) -> set[str]:
    if word.endswith("e"):
        return {word + "s", word + "d", word[:-1] + "ing", word + "ing"}
    if word.endswith("y") and word[-2] not in VOWELS:
        return {word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return {word + "es", word + "ed", word + "ing"}
    if _doubles(word):
        return {word + "s", word + word[-1] + "ed", word + word[-1] + "ing"}
    return {word + "s", word + "ed", word + "ing"}


def _doubles(word: str) -> bool:
    if len(word) < 3 or word in DOUBLING_EXCEPTIONS:
        return False
    before, vowel, last = word[-3], word[-2], word[-1]
    short = before not in VOWELS and vowel in VOWELS and last not in VOWELS + "wxy"
    return short and (len(word) <= 4 or word.endswith(("ap", "ab", "ob", "ip", "og", "op", "ag")))
