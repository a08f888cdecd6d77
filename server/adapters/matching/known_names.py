"""Names that stand for each other, and how common the commonest are. Rough shares of people in the UK."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_SAME_GIVEN = """
abdul abdel abdal abdool
abigail abi abby gail
ahmed ahmad ahmet akhmed achmed
aisha ayesha aysha aicha aishah ayisha
alexander alex sandy alec sasha aleksander alexandr aleksandr
alexandra alex sandra lexi lexie
ali aly alee
alice ali allie
amanda mandy
amina aminah ameena
andrew andy drew andrzej andrei andriy
anna ann anne annie ania anya
anthony tony antony
barbara babs barb basia
benjamin ben benny
bilal billal
catherine cath cathy kate katie kathryn katherine kathy kasia katarzyna kit
charles charlie chuck chas
charlotte charlie lottie
christine chris chrissie tina krystyna
christopher chris kit krzysztof
daniel dan danny
david dave davey dai dawid
deborah debbie deb
dorothy dot dotty
edward ed eddie ted ned
elizabeth liz lizzie beth betty eliza libby lisa elzbieta
emily em emma
fatima fatimah fatma fatema fathima
francis frank frankie
frances fran frankie
frederick fred freddie
gareth gary gaz
george geo jerzy georgi
gillian gill jill
gwendoline gwen
hannah hana hanna hanah
hassan hasan hassen
hussein hussain husain husayn hossain hussen
ibrahim ebrahim ibraheem
isabella bella izzy isabel isobel
jacob jake
jacqueline jackie jacqui
james jim jimmy jamie jem
janet jan
jennifer jen jenny
jessica jess jessie
joanna jo joanne asia
john jon jack johnny jan johnnie
jonathan jon jonny jonathon
joseph joe joey josef jozef
josephine jo josie
joshua josh
judith judy
karim kareem
katarzyna kasia
kenneth ken kenny
khadija khadijah kadija hadija
khaola khawla khola khowla
kimberley kim kimberly
lawrence larry laurence
leonard len lenny leo
luke lukasz
lily lilly lillian
louise lou
lynn lynne linda lyn
magdalena magda
malgorzata gosia margaret
margaret maggie meg peggy marge madge
maria mary marie mariya maryam mariam mariam meryem miriam
mark marek marc
matthew matt mateusz matty
michael mike mick micky mikey michal mikhail
michelle shell
mohammed muhammad mohamed mohammad muhammed mohamad mohd muhammet mo
muhammad mohammed
mustafa mustapha moustafa
natalie nat natalia natasha
nicholas nick nicky mikolaj nico
nicola nicky nikki
noor nur nour
oliver olly ollie
olivia liv livvy
omar umar omer
osama usama
pamela pam
patricia pat patsy tricia trish patrycja
patrick pat paddy
paul pawel pavel
peter pete piotr petr
philip phil phillip pip
rachel rach rachael raquel
raneem ranim ranem
rashid rasheed
rebecca becky becca bex
richard rick dick richie ricky ryszard
robert rob bob bobby robbie bert
ronald ron ronnie
rosemary rose rosie
russell russ
said saeed sayed saied
salim saleem selim
samantha sam sammy
samuel sam sammy
sarah sara sally sarrah
shahid shaheed
sharon shaz shazza
simon szymon si
sophia sophie sofia zofia
stephanie steph
stephen steve steven stevie stefan stephan
stuart stewart stu
susan sue suzie suzanne susie
svetlana sveta
syed sayed sayyid
tariq tarik tareq
teresa terri tess theresa
terence terry
thomas tom tommy tomasz
timothy tim timmy
valerie val
victoria vicky vic tori viktoria
vincent vince vinny
vladimir vova wlodzimierz
william bill billy will willy liam
yasmin jasmine yasmeen yasmine
youssef yusuf yousef yusef yousuf
zachary zach zak
zainab zaynab zeinab
"""

_SAME_FAMILY = """
ahmed ahmad ahmet
akhtar akthar aktar
ali aly
begum begam
clark clarke
davies davis
hussain hussein husain hossain
khan kahn
kaur cour
mac mc
macdonald mcdonald
mohammed mohamed mohammad muhammad
nguyen nguyn
oudeh odeh awda audeh oudah odah
phillips philips
reid reed read
rodgers rogers
saleem salim selim
shah sha
singh sing
smith smyth smythe
stewart stuart
stevens stephens
thompson thomson tomson
"""

_COMMONEST = """
smith
"""
_VERY_COMMON = """
jones williams mohammed david john paul sarah james
"""
_COMMON = """
taylor brown davies evans thomas wilson johnson khan patel michael andrew susan mark robert peter
stephen emma claire richard christopher daniel karen matthew julie
"""
_OFTEN = """
roberts walker wright robinson thompson white hughes edwards green hall wood harris lewis martin
jackson clark clarke turner hill ahmed ali hussain begum singh kaur cooper ward morris moore king
watson baker harrison morgan allen james scott phillips parker price bennett lee young mitchell
cook anna kevin gary lisa rachel samantha thomas joanne catherine simon steven anthony ian laura
rebecca amy william nicola helen jennifer louise charlotte jack adam ben luke jessica hannah
sophie alice maria aisha fatima omar ali hassan youssef ibrahim jane margaret elizabeth mary
patricia linda george charles ryan lee joseph
"""
_KNOWN = """
shah malik akhtar mahmood iqbal hassan mohamed rahman chowdhury islam miah uddin hussein aziz rashid
saleem mansour nasser haddad khalil ibrahim osman abdi warsame mohamud okafor adeyemi mensah osei
boateng diallo traore silva santos ferreira costa pereira popescu ionescu petrov ivanov nowak
kowalski wisniewski wojcik kaminski lewandowski zielinski murphy kelly ryan byrne walsh obrien
osullivan mcdonald campbell stewart murray fraser graham hamilton wallace ross anderson thomson reid
robertson macdonald henderson paterson gray simpson mason hunt palmer holmes mills fox gibson lloyd
griffiths rees owen powell jenkins bell shaw ellis wilkinson chapman collins richards webb rogers
stevens russell hunter butler fisher pearson carter barnes knight matthews dixon harvey bailey
gordon kennedy ford burton jordan begum bibi kaur akter oliver george harry jacob charlie liam dean
lee shaun wayne craig neil stuart olivia amelia emily lily grace chloe karen julie michelle joanne
donna tracey tracy gemma hayley kelly kirsty leanne natalie stacey vicky zoe abigail katie beth
holly lucy lauren megan molly ellie kyle connor lewis jordan ashley scott sean aaron nathan imran
tariq asif bilal usman nadeem shahid saima shazia nadia samina yasmin amina zainab maryam sana priya
rajesh sanjay piotr krzysztof tomasz pawel marcin michal katarzyna agnieszka magdalena ewa monika
elena maria ana andrei
"""
_SHARES = {0.0012: _KNOWN, 0.012: _COMMONEST, 0.008: _VERY_COMMON, 0.005: _COMMON, 0.003: _OFTEN}
GIVEN_SHARE, FAMILY_SHARE = 0.0015, 0.0003
"""Of a name that is not listed."""


def _variants(lines: Iterable[str]) -> Mapping[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for line in lines:
        names = line.split()
        for name in names:
            groups.setdefault(name, set()).update(names)
    return MappingProxyType({name: frozenset(same) for name, same in groups.items()})


SAME_GIVEN = _variants(_SAME_GIVEN.strip().splitlines())
SAME_FAMILY = _variants(_SAME_FAMILY.strip().splitlines())
SHARES = MappingProxyType({name: share for share, names in _SHARES.items() for name in names.split()})
