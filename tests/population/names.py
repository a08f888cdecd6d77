"""How people are named, and how names are written down wrongly: by ear, by another alphabet, by habit."""

import random

_BRITISH = """
oliver george harry jack jacob charlie thomas william james michael david john paul mark andrew
stephen peter robert richard christopher daniel matthew anthony simon kevin gary stuart ian neil
craig lee dean wayne shaun ryan liam olivia amelia emily jessica sophie lily grace chloe sarah emma
claire susan karen julie nicola lisa michelle joanne donna tracey rachel rebecca laura gemma hayley
kelly kirsty leanne natalie samantha stacey vicky zoe abigail hannah margaret elizabeth catherine
patricia barbara jennifer charlotte lucy katie amy holly beth louise jane helen
"""
_ASIAN = """
mohammed ahmed ali hassan hussain ibrahim yusuf omar bilal imran tariq asif kamran nadeem rashid
saleem shahid usman zain adeel fatima aisha zainab maryam khadija amina sana nadia saima shazia
rubina farzana noreen samina yasmin harpreet gurpreet manpreet jaspreet rajesh sanjay anil sunil
vikram priya anjali deepa kavita meena nisha pooja raneem khaola nour salma huda layla rima samira
dalia lina janbaz karim mustafa youssef khalid walid farid bashar
"""
_EUROPEAN = """
piotr krzysztof andrzej tomasz pawel marcin michal grzegorz katarzyna agnieszka malgorzata magdalena
joanna ewa monika anna aleksandra dorota ion andrei mihai elena ioana cristina alexandra vasile
stefan ivan dmitri sergei olga svetlana natalia tatiana maria sofia pedro joao carlos miguel ana
ines luis kofi kwame chidi emeka oluwaseun adebayo ngozi chioma amaka folake abena ama yaw fatou
moussa aminata ibrahima tesfaye abebe selam hanna yonas
"""
_FAMILIES = """
smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white
roberts green hall wood jackson clarke patel khan hussain ahmed ali begum singh kaur akhtar mahmood
malik shah iqbal hassan mohammed kowalski nowak wisniewski wojcik kaminski lewandowski zielinski
popescu ionescu petrov ivanov silva santos ferreira okafor adeyemi mensah osei boateng diallo traore
abdi warsame oudeh saleem haddad khoury mansour nasser aziz farooq murphy kelly ryan byrne osullivan
walsh mcdonald campbell stewart murray fraser morgan lloyd griffiths price rees
"""
_STARTS = """
ash bar bel birch black brad brad brook burn cald car chad chan clif cob cran dal den dob dun eld
fair far gar gil gran had hal ham har has haw hol hor hud kel kin lan lang lin mal mar mel mil nor
oak pem pen ral ram rad rock rus sal shel sil stan sut tal tan tem thorn tre var wad wal war wen
whit wil win wool wy yar
"""
_ENDS = """
by den don field ford gate ham hurst ington land ley man mere more ner over ridge son stead ster ton
wick win
"""
GIVEN = [*_BRITISH.split(), *_ASIAN.split(), *_EUROPEAN.split()]
FAMILIES = _FAMILIES.split()
MADE = [start + end + last for start in _STARTS.split() for end in _ENDS.split() for last in ("", "s", "e")]
"""Rare family names: there are tens of thousands in the country, and each is borne by few."""
SHARE_LISTED = 0.5

_OTHERWISE = """
mohammed muhammad mohamed mohammad mohamad | ahmed ahmad achmed | hussain hussein husain hossain
hassan hasan | yusuf yousef youssef yousuf | aisha ayesha aysha aicha | fatima fatma fatema
zainab zaynab zeinab | maryam mariam miriam | khadija khadijah hadija | omar umar omer
khaola khawla khola kawla | raneem ranim raneim | nour noor nur | layla leila laila leyla
samira sameera | karim kareem | janbaz janbaaz janbas | oudeh odeh awda oudah audeh
saleem salim selim | mahmood mahmoud mehmood | haddad hadad | khoury khouri koury
mansour mansoor mansur | farooq faruk farouk | sergei sergey serhii | dmitri dmitry dmytro
svetlana svitlana | ivanov ivanow | wojcik wojczik voicik | kowalski kovalski kowalsky
krzysztof kristof christoph | malgorzata margorzata gosia | okafor okafour okaphor | adeyemi adeyami
stephen steven | sarah sara | claire clare | nicola nichola | catherine katherine
hayley hailey haley | clarke clark | thompson thomson | mcdonald macdonald
"""
_SHORT = """
michael mike | david dave | robert bob | richard rick | christopher chris | daniel dan
matthew matt | anthony tony | stephen steve | james jim | thomas tom | william bill | samantha sam
rebecca becky | elizabeth liz | catherine cath | jennifer jen | jessica jess | susan sue
patricia pat | margaret maggie | abigail abby | katarzyna kasia | mohammed mo | andrew andy
peter pete | joanne jo | michelle shell | charlotte lottie | charlie chas
"""
OTHERWISE = {
    words[0]: tuple(words[1:])
    for line in _OTHERWISE.strip().splitlines()
    for words in map(str.split, line.split("|"))
}
SHORT = dict(pair.split() for line in _SHORT.strip().splitlines() for pair in line.split("|"))
_HEARD = "ph:f th:f ck:k ee:ea ie:y v:b m:n d:t s:z"
HEARD_AS = tuple(tuple(pair.split(":")) for pair in _HEARD.split())


def given(rng: random.Random) -> str:
    """The common ones far more often than the others."""
    return _often(rng, GIVEN, 70) if rng.random() < 0.5 else rng.choice(GIVEN)


def family(rng: random.Random) -> str:
    return _often(rng, FAMILIES, 50) if rng.random() < SHARE_LISTED else rng.choice(MADE)


def _often(rng: random.Random, listed: list[str], mean: int) -> str:
    return listed[int(rng.expovariate(1 / mean)) % len(listed)]


def written(rng: random.Random, name: str) -> str:
    """As it ends up in a log: mostly right."""
    chance = rng.random()
    if chance < 0.18:
        return rng.choice(OTHERWISE[name]) if name in OTHERWISE else name
    if chance < 0.30:
        return SHORT.get(name, name)
    if chance < 0.34:
        return _typed_wrong(rng, name)
    return _misheard(rng, name) if chance < 0.38 else name


def _typed_wrong(rng: random.Random, name: str) -> str:
    place = rng.randrange(1, len(name)) if len(name) > 2 else 0
    way = rng.randrange(3)
    if way == 0:
        return name[:place] + name[place + 1 :]
    if way == 1:
        return name[:place] + name[place] + name[place:]
    return name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :] if place else name


def _misheard(rng: random.Random, name: str) -> str:
    fitting = [(sound, other) for sound, other in HEARD_AS if sound in name]
    if not fitting:
        return _typed_wrong(rng, name)
    sound, other = rng.choice(fitting)
    return name.replace(sound, other, 1)
