//! English.

use super::{Table, Theme};

pub(super) const TABLE: Table = Table { classes: CLASSES, named: NAMED, told: TOLD, except: EXCEPT };

const CLASSES: &[(&str, &str)] = &[
    (
        "no",
        "no not never none neither nor without dont doesnt didnt isnt wasnt arent werent havent hasnt hadnt wont \
         wouldnt aint hardly",
    ),
    (
        "bound",
        "only just even sure know long mind like sleep slept sleeping wait stand bear stop well feeling careful \
         looking such matter remember understand see my one",
    ),
    ("i", "i im ive id"),
    ("me", "me my mine myself"),
    (
        "other",
        "he hes she shes they theyre theyve her hers his him their them you youre youve your someone somebody people \
         everyone everybody neighbour* neighbor* daughter* son sons grandson* granddaughter* grandchild* grandkid* kid \
         kids child children husband* wife* brother* sister* mother* father* mum mums mam mummy mom moms dad dads \
         daddy gran granny grandma grandad aunt* auntie* uncle* cousin* nephew* niece* friend* lady ladies man men \
         woman women boy boys girl girls baby babies lad fellow chap doctor* nurse* carer* postman vicar priest cat \
         cats dog dogs budgie* canary bird birds horse* hens mr mrs miss queen king president who whos",
    ),
    ("it", "it its there theres nobody nobodys noone one none life"),
    ("with", "with to at for by past near behind beside"),
    ("own", ""),
    ("and", "and then but"),
    ("turn", "although though however because cause when while after until till unless if except whereas"),
    ("scant", "no not never dont doesnt didnt havent hasnt hadnt cant cannot couldnt wont hardly barely scarcely"),
    ("afraid", "afraid scared frightened terrified petrified"),
];

const NAMED: &[(Theme, &str)] = &[
    (
        Theme::Dying,
        "wish ~1 i wasnt|werent|wouldnt ~1 here|alive|around|wake|anymore, @scant ~2 see ~1 any|a|the \
         reason|point|sense ~2 going|keep|carry|live|living|on|go, no reason ~2 to ~1 keep|go|carry, if i ~1 was|were \
         dead|gone ~1 $|tomorrow|already, want ~2 to ~1 end it|everything, why ~2 god|lord ~3 take|leave me|behind, \
         what ~2 i ~1 still ~1 living for, no ~1 reason to ~1 get up|live|carry|go|be, wish ~2 it|everything ~1 \
         would|could ~2 end|stop, wish ~1 it|everything ~1 was all over, god|lord|jesus ~4 taken me, let me die|go $, \
         lost ~1 the will to live ~1 $|since|now|anymore, fed up ~1 with|of life|living, feel like giving up ~1 \
         $|altogether|on, given up on life|living, put me out of my misery, no use to anyone|anybody|anymore ~1 \
         $|and|i, want|wants|wanted|wanna|wish|wished|wishing|hope ~2 to die, \
         hoping|ready|prefer|love|like|rather|waiting|pray|praying ~2 to die, want|wanna|rather|better|wish|wished ~3 \
         dead, rather die, wish ~2 i ~2 dead|die|died|gone, wish ~2 i ~2 not|never ~1 wake|woken|born, wish ~2 i ~2 \
         hadnt ~1 woken|born, hope|wish|pray ~4 dont|not|never|wont ~1 wake ~1 $|up|again|tomorrow, wish ~5 sleep ~1 \
         and ~2 not|never ~1 wake, never wake|waking up, want|like|love ~2 to ~1 sleep ~1 and ~2 not|never ~1 wake, \
         better off ~2 dead|without me|gone, kill|killing|hang|drown|poison|hurt|harm myself, end|ending ~1 my ~2 \
         life|days, end|ending it all, want ~2 end it, want it ~2 all ~1 end|over|finished, want ~1 it ~2 to be over, \
         want ~1 it ~1 all ~1 to end|stop|be, take|taking|took my own life, do away with myself, suicid*, @scant ~2 \
         want|wanna|wish|care ~2 live|living|alive, @scant ~1 want|wanna ~2 here anymore|any, @scant ~1 want|wanna to \
         go on, @scant ~1 want|wanna to wake up, cant|cannot go on $|like|living|anymore|any|this|without|much, \
         no|any|what|whats ~1 reason|point|use|sense ~3 live|living|alive|anymore, no|any|what|whats ~1 the point|use \
         ~3 living|on|anymore, @scant ~2 see the point ~3 anymore|any|living|on, nothing ~3 to live for, nothing left \
         to live, tired|sick|weary|enough|fed ~3 living|life, life|living ~3 not|isnt|no ~1 worth, not worth ~1 \
         living|life, life ~2 worth nothing, god|lord|jesus|angels ~4 take me, take me lord|god|jesus, take me home \
         lord|god|jesus, ready to go ~2 to|up to heaven|god|jesus, had enough of ~2 life|living|everything, overdose, \
         swallow|swallowing|take|taking ~1 all ~1 my|the ~1 pills|tablets ~1 at|together, wont be here much longer, \
         burden ~4 gone|dead",
    ),
    (
        Theme::Chest,
        "cant|cannot|couldnt|not|dont|never ~4 get|getting|have ~1 enough air|breath, cant|cannot|couldnt|hard|hardly \
         ~3 fill my lungs, hard|harder|difficult ~2 to breathe, @scant|couldnt ~1 catch ~1 breath, \
         puffing|panting|wheezing ~3 just|only|sitting|lying|dressed|step|night|bed|stairs, chest ~2 feels|feel ~3 \
         funny|bad|odd|strange|wrong|like|full, something ~3 on my chest, lungs ~3 hurt*|burn*|ache*, angina ~2 \
         is|was|last|this, ache|aching|tight*|pressure|pressing|squeez*|stab*|burning|crushing|weight ~4 chest, \
         band|heav*|gripping|elephant|brick|stone|cramp*|twinge*|discomfort|niggl*|sore* ~4 chest, \
         sat|sitting|standing|sits|lying ~1 on my chest, feeling ~2 chest, breathing ~3 \
         bad|worse|terrible|difficult|hard|heavy|laboured|short|poor|trouble, breath ~3 short, chest pain*, pain* ~5 \
         chest, my|the|through|across|on|in|left|tight chest ~4 \
         pain*|hurt*|ach*|tight*|heavy|heaviness|sore|burn*|squeez*|press*|stab*|crush*|grip*|constrict*, tight* ~3 \
         chest, pressure ~3 chest, heaviness ~3 chest, hurt*|aches|aching ~3 chest, chest|heart attack, \
         cant|cannot|couldnt|hardly|barely|difficult*|hard|trouble|struggl*|fight*|problem* ~4 breathe|breathing, \
         cant|cannot|couldnt|hardly|barely|trouble|struggl* ~3 breath|air, not|isnt|wasnt ~2 getting ~2 air, \
         short|shortness ~1 breath, breathless*, gasp* ~4 air|breath, fight* for breath|air, out of breath ~4 \
         sitting|lying|resting|nothing|still|time|days|moment|lately|step|steps|room, suffocat*, pain* ~3 heart|left \
         arm, pain* ~3 down my|the ~1 arm, heart ~2 pain*|hurts|hurting|aches ~1 $|when|and|again|badly, angina ~4 \
         bad|worse|playing|again|back|terrible|acting",
    ),
    (
        Theme::Fall,
        "foot|feet|leg|stick|frame|walker|mat|rug|heel ~2 slipped|slid, went over backwards|forwards|on|heavily|again, \
         @i ~3 went down twice|again|hard|heavily|backwards, @i ~3 went ~1 sprawling|headlong|headfirst|head, came a \
         cropper, unsteady ~1 on|lately|today|these|now|when, wobbly on ~1 my|feet|legs|pins, @i ~4 stagger*, hit the \
         floor|deck|ground|pavement, landed ~1 on ~1 my \
         back|bottom|hip|knees|face|side|head|elbow|shoulder|floor|behind, cant|cannot|couldnt stay ~1 on my feet, \
         legs|knees ~2 wont|dont|wouldnt|didnt ~1 hold|carry|support, found me ~4 floor|ground|stairs, @i ~7 fell, ^ \
         ~2 fell ~1 over|down|off|on|in|out|again|flat|from|backwards|forwards|against|headlong|heavily|badly, \
         and|then|almost|nearly|again fell, @i ~4 fallen, ^ ~1 fallen ~1 over|down|off|on|in|out|again|from|twice, \
         had|having|have|took|taken|suffered ~4 fall|falls|tumble|tumbles|spill, \
         another|second|bad|nasty|little|small|last|heavy fall|tumble, my|another|the fall ~1 \
         last|yesterday|on|in|this|hurt, since|after|from ~1 my|the|that fall, i|keep|kept|keeps|been|always|stop ~2 \
         falling ~1 over|down|off|about|all|again|a|more|lately|$, keep|kept ~2 falling, i fall ~3 \
         often|over|down|again|every|lot|all|now|so|more|easily, @i ~7 slipped, ^ ~1 slipped ~1 \
         on|in|over|down|and|getting|off|coming, and|then|almost|nearly slipped, @i ~6 tripped, ^ ~1 tripped ~1 \
         over|on|up, and|then|almost|nearly tripped, stumbled ~2 and|over|on|into|against|down, @i ~6 tumbled, and \
         tumbled, @i ~8 collapsed, ^ ~1 collapsed, and|then collapsed|fainted|toppled, @i ~4 fainted, ^ ~1 fainted, @i \
         ~3 blacked out, @i ~3 passed out, @i ~4 keeled over, @i ~4 toppled, @i ~3 went flying, went down ~2 \
         like|hard|heavily|stairs|steps, @i ~3 came off ~3 ladder|bike|bicycle|chair|stool|step*|toilet, rolled out of \
         bed, legs|knees|leg|knee|ankle ~3 gave|give|giving|buckled|went|collapsed ~2 way|out|under|me|from|$, \
         legs|knees|knee buckled, lost|lose|losing my balance|footing, @i ~6 \
         lay|lying|laid|stuck|ended|landed|sat|left|woke|found|finished ~5 floor|ground|tiles|carpet|pavement, \
         cant|couldnt|could|not|trouble|long|while ~3 get|getting ~2 up|myself ~4 floor|ground, on ~2 floor all ~1 \
         night|day|morning, help* me ~2 up ~3 floor|ground, picked me ~1 up ~3 floor|ground, on ~1 floor for ~2 \
         hour|hours",
    ),
    (
        Theme::NotEating,
        "only|just ~3 cup|glass|bit|drop of tea|water|milk|coffee|toast|soup ~1 all|since|for, only|just ~3 \
         cup|slice|piece|spoonful ~3 all day|week, pick|picking|picked at ~1 my|the ~1 food|plate|dinner|meals|lunch, \
         @scant ~2 bothered ~2 to ~1 eat|cook, dont bother ~2 cooking|eating|meals|cook|food, lost ~1 interest in ~1 \
         food|eating|meals, everything|food|it ~2 tastes|taste ~1 of|like ~1 cardboard|nothing|sawdust|ashes|sand, \
         no|nothing ~2 food ~2 left|in, going|go|went hungry, nothing tastes|taste, leave|left ~2 on ~1 plate, half \
         a|an biscuit|cracker|slice ~2 yesterday|today|all, @scant ~2 had ~3 meal|meals|bite|food|dinner ~3 \
         in|for|since|all|days|week|today|yesterday, @scant ~3 eat*|ate ~4 since|days|day|week|weeks, @scant ~4 \
         eat*|ate anything|nothing|properly|much|enough|anymore|lately|well|proper|at, @scant ~3 eat*|ate ~2 \
         bite|thing|morsel|crumb|meal, @scant ~3 eat*|ate any more|food|meals|thing, @scant ~3 eat*|ate $, @scant ~3 \
         eat*|ate today|yesterday|now|these, eat*|ate ~1 nothing ~1 $|all|since|today|at|for|now, eat*|ate ~2 little \
         ~1 $|now|these|since|lately, nothing but ~1 tea|toast|biscuits|water|coffee ~3 \
         $|days|day|since|yesterday|today, eat*|ate ~1 next to nothing, eat*|ate ~1 less and less, \
         hardly|barely|scarcely|nothing eat*|ate, nothing ~2 eat*|ate, nothing ~2 to eat, nothing ~4 since|for ~2 \
         yesterday|days|monday|tuesday|wednesday|thursday|friday|saturday|sunday, no|not|without|any|little|zero|poor \
         ~2 appetite, dont|havent|hasnt ~3 appetite, lost|lose|losing ~3 appetite, appetite ~2 \
         gone|poor|bad|vanished|disappeared|left|lost|isnt|not|terrible|dreadful|away, off my food, @scant ~2 \
         face|stomach|fancy|touch|touched|want|swallow|manage ~2 \
         food|eating|meal|meals|breakfast|lunch|dinner|supper|bite|mouthful|plate|anything|solid, @scant ~3 feel* like \
         eating|food|meals, @scant ~3 interest* ~2 food|eating, food ~3 \
         doesnt|not|nothing|no|makes|turns|wont|sticks|taste|tastes ~3 \
         appeal|interest|interests|taste|sick|go|stay|throat|down|cardboard|sawdust|me, stopped|given|gave|quit ~2 \
         eating, @scant ~2 keep ~2 down, cant|couldnt|wont get ~3 food|anything|bite ~1 down, skip* ~3 \
         meals|dinner|dinners|eating, go|going|gone|went ~3 without ~2 food|eating|meals|dinner, pushed|push ~2 plate \
         ~1 away, only|just ~2 tea|toast|biscuits|water ~3 days|since|week, not|never|hardly|isnt ~1 hungry ~2 \
         days|anymore|lately|all|ever|weeks|since, never ~2 hungry ~1 $|now|anymore|these, forget*|forgot* ~1 to \
         eat*|ate ~1 $|for|these|today|yesterday|most|anything, no food ~3 house|fridge|left|in, fridge|cupboard* ~3 \
         empty|bare, starv* myself",
    ),
    (
        Theme::Confusion,
        "no idea ~1 where|who ~1 i|im|we, no idea ~1 what day|year|month, @scant ~2 find ~1 my ~1 \
         own|bedroom|bathroom|kitchen|toilet|room|bed, find|lose ~1 own|bedroom|bathroom ~1 sometimes|anymore, \
         so|all|get|getting|very|quite ~1 mixed up $|now|lately|these|about|in, losing|lose|lost|loose track of ~1 \
         the|what|my day|days|time|week, @scant ~1 make ~1 sense|head of ~1 it|anything|things ~1 $|anymore, \
         everything ~1 is|seems|feels ~2 strange|unfamiliar|wrong, @scant ~1 know|recogni* ~1 this|the \
         place|house|room|street, who brought|put me here, head|mind|thoughts|brain ~3 all over the place, \
         @scant|couldnt ~2 remember|know|recall ~1 my ~1 own|daughter|son|husband|wife|children|grandchildren ~1 \
         name|names, lost ~1 track of ~1 the days|day|what, strangers in my house|room|bed|kitchen|home, @scant ~1 \
         know ~1 what|whats what, mixed up ~1 my days, if its|it ~1 morning|day|night|afternoon or ~1 \
         evening|night|afternoon|day|morning, who ~3 people|men|man|woman|lady ~2 in my|the house|room|bed|kitchen, in \
         ~1 a ~1 muddle|daze|fog, @scant|couldnt ~2 work ~1 out ~1 what|which day|month|year, mind|memory ~1 \
         is|s|keeps ~1 going|failing|slipping ~1 $|fast|now|and|away|i, \
         im|am|feel|feeling|get|getting|got|was|been|becoming|become|gets ~3 \
         confused|muddled|disoriented|disorientated|bewildered|befuddled, mixed up ~3 \
         days|day|time|times|everything|night, confused ~3 where|who|day|days|time|morning|night|year, @scant|couldnt \
         ~2 know|remember|tell|sure|understand|say|knew|recall ~2 where ~1 i|im|ive|my ~2 am|was|is|live|lived|be|im, \
         @scant|couldnt ~2 know|remember|tell|sure|say|knew|recall ~1 where im|i, @scant|couldnt ~2 \
         know|remember|tell|sure|say|knew|recall ~3 day|year|month|date|season ~1 it|its|is|this|we|today ~1 \
         $|is|or|and|anymore|any, what day|year|month is it $|please, @scant|couldnt ~2 know|remember|recall ~2 who ~1 \
         i|im|my, where am i, @scant|couldnt ~2 know|remember|recall|think ~2 own name|address|birthday, \
         forgot*|forget* ~2 who|where ~1 i|im|my, forgot*|forget* ~2 own name|address|house|birthday|children*, \
         forgot*|forget* ~3 way ~1 home|back|to, forgot*|forget* how to, cant|couldnt|didnt ~2 find ~3 way ~1 \
         home|back|to|round|around, got|get|getting|was|am|im ~1 lost ~3 \
         home|house|own|village|street|neighbourhood|block|corner|shop|garden|shops, @scant|couldnt ~1 recogni* ~2 \
         own|house|kitchen|room|street|where|anything|anyone|anybody|myself|bedroom|home|face|faces, whose ~1 \
         house|home|room|place|bed is this|it, isnt|not my own|real house|home|bed|room, head|mind|brain|thoughts ~4 \
         foggy|muddled|fuzzy|jumbled|scrambled|fog|mush|muddle|cloudy, losing|lost my mind|memory|marbles|wits, going \
         ~1 senile|mad|crazy|gaga|dotty|doolally, cant|couldnt think straight|clearly, \
         seeing|see|saw|seen|hear|hearing ~5 arent|isnt|not|wasnt|werent|nobody|no ~2 there, hear|hearing voices, \
         seeing things, @scant ~1 know|understand ~1 what|whats ~2 happening|going|on ~1 $|anymore|here|me|around, \
         nothing makes sense, everything ~3 blur|strange|muddle|confusing|confused, in a ~1 muddle|daze|fog, keep ~1 \
         forgetting ~3 where|who|day|everything|what, is it ~2 morning or ~1 evening|night|afternoon",
    ),
    (
        Theme::Alone,
        "from one week|day|month to the next, left|forgotten by|behind ~1 everyone|everybody|them|all, \
         one|nobody|noone ~2 visited|called|rung|phoned|been|come|came ~4 weeks|days|months|ages|me|week|month, on my \
         own|alone day after day, sit|sitting|sat ~4 own|alone|myself ~1 day|all|every|and|crying|staring, no visitors \
         ~1 $|for|anymore|these|any|at|all|in, isolated, cut off from, abandon*, phone|telephone never rings, \
         panic|panicky|panicking ~2 night|alone|own|dark|when|attack*, anxious|nervous ~3 night|alone|own|dark|house, \
         nobody needs|wants me, lonely|lonesome|loneliness, never been|felt|known|was ~1 so|such|this|more ~1 \
         @afraid|alone|lonely|lost, all alone, alone ~2 all|the|every ~2 day|night|time|evening|week|always, always \
         alone, so|too|very|terribly|awfully alone, feel*|felt ~3 \
         alone|abandoned|forgotten|unwanted|unloved|deserted|neglected|useless, on my own all ~1 day|night|time|week, \
         by myself all ~1 day|night|time|week, nobody|noone|never|one|none|hardly|anybody|anyone|soul ~2 \
         visits|visit|cares|wants|care|bothers|loves|misses|remembers ~1 $|me|about|here|now|anymore|any|whether|if, \
         nobody|noone|never|one|none|hardly ~1 comes|came|come|rings|calls|phones|stops|looks|pops ~2 \
         $|anymore|any|here|now|see|visit|these|by|in|round|ever|for|me, nobody|noone|one|anybody|anyone|none ~3 to \
         talk|turn|speak|share, nobody ~1 been ~4 days|day|week|weeks|month|months|since, no one ~1 been ~4 \
         days|day|week|weeks|month|months|since, @scant ~2 seen|see|spoken|speak|spoke|talked ~2 \
         soul|anyone|anybody|single|nobody ~4 days|day|week|weeks|month|months|since|today|all|ages, not a soul, \
         @scant ~1 have|got ~1 anyone|anybody ~2 $|left|anymore|here|to|who, nobody ~1 left, no one left, everyone ~3 \
         forgotten ~2 me, forgotten ~1 about me, @i|me|so|feel|feeling|get|very|really|too|terribly ~4 \
         afraid|scared|frightened|terrified|petrified ~1 $|of|to|when|here|and|all|every|being|because, \
         @i|me|so|feel|feeling|get|very|really|too|terribly ~4 afraid|scared|frightened|terrified|petrified ~1 \
         alone|they|he|she|in|now|something|someone|somebody|these|since, @afraid ~2 \
         night|nights|dark|alone|evening|evenings, @afraid ~1 of ~3 being|dying|death|night|nights|dark|him|her|them, \
         @afraid ~1 of ~3 someone|somebody|everything|strangers|burglars|staying|losing|alone|tomorrow|going, \
         nights|night|evenings|dark|it frighten*|scare*|terrif*, dread ~3 \
         night|nights|evening|evenings|dark|alone|weekend|weekends, @scant ~2 feel* ~1 safe, @scant safe here|at|in, \
         scared out of my wits, dont leave me ~1 $|alone|here|please, someone|somebody|man ~4 trying to ~1 get|break \
         in, someone|somebody|man ~3 follow*|watching|after me, quiet|silent|empty ~5 cant|cannot|hate|unbearable|hard \
         ~2 bear|stand|it, long|empty ~2 days ~1 on my own, cry ~3 sleep|night|alone, heart ~3 broken|breaking ~1 $",
    ),
    (
        Theme::Urgent,
        "call|get|need|send|ring|fetch|phone ~3 ambulance|911|999|112|paramedic*, please help me ~1 \
         $|now|quick*|please, help me please, i need help ~1 $|now|quick*|please, its an emergency, this is an \
         emergency",
    ),
    (
        Theme::Health,
        "pain*, hurt*, ache*, aching, headache*, dizz*, cough*, fever, sick, im|feel|feeling|fell|was|got|been ill, \
         unwell, tired, blood pressure, knee*, healthy",
    ),
    (Theme::Meals, "breakfast, lunch, dinner, supper, eat, eating, ate, eaten, meal*, soup, appetite, my tea, cooked"),
    (Theme::Sleep, "sleep*, slept, woke, awake, nap, insomnia, bad night"),
    (Theme::Medicine, "medicine*, medication*, pill*, tablet*, insulin, prescription*"),
    (Theme::Company, "visit*, neighbour*, neighbor*, friend*, came over, came by, company"),
    (
        Theme::Request,
        "tell my, tell her, tell him, tell them, please tell, please ask, could you, can you ask, i need, i would \
         like, id like",
    ),
    (Theme::FollowUp, "forgot*, forget, appointment*, doctor*, hospital*, ran out, run out, broken"),
    (Theme::Television, "tv, television, the news, telly"),
    (Theme::Relatives, "grandson*, granddaughter*, grandchild*, my daughter*, my son*"),
    (Theme::Garden, "garden*, flower*, plants"),
    (Theme::Faith, "church, mass, pray*, mosque"),
    (Theme::Outdoors, "a walk, walked, went out, market"),
    (
        Theme::GoodMood,
        "very well, too well, quite well, feel well, happy, glad, wonderful, lovely, good, great, fine, cheerful, \
         haha*, hehe*",
    ),
    (Theme::BadMood, "sad, lonely, crying, cried, miserable, terrible, awful, worried, scared, bored"),
    (
        Theme::Warm,
        "love, loved, miss, grandson*, granddaughter*, grandchild*, proud, grateful, thank god, laugh*, remember when, \
         happy",
    ),
    (
        Theme::Imagined,
        "if, unless, in case, suppose, supposing, lest, imagine, dreamt, dreamed, my|a dream, careful not to, afraid \
         ~2 might, should i",
    ),
    (
        Theme::Past,
        "used to, last year|winter|summer|spring|autumn|christmas|easter, years|months|decades ~1 ago|back|earlier, \
         long ~2 ago, when i was ~3 young|little|small|child|girl|boy|lad|lass, when i was ~3 \
         younger|ten|twelve|teenager|nurse|teacher|school|twenty|thirty, as a ~2 child|girl|boy|lad|lass|teenager, my \
         youth|childhood|younger, back then, in those days, in 19*, in 20*&!20, during|after|in the war, at school, \
         the children were ~2 small|young|little|babies, back in ~2 19*|20*|day|sixties|seventies|eighties|nineties",
    ),
    (
        Theme::Recent,
        "today, yesterday, this morning|afternoon|evening|week|month, last night|week, tonight, again, lately, these \
         days, all the time, days|day|hours|hour|week|weeks|minutes ago, keep, still, twice|times this",
    ),
    (Theme::Yes, "^ yes, ^ yeah, ^ yep, ^ i did, ^ i have, ^ i do, ^ i am, ^ afraid so, ^ im afraid so"),
    (
        Theme::Voicemail,
        "leave ~3 message ~2 after|at ~2 tone|beep|signal, after the tone|beep, reached the \
         voicemail|mailbox|answering, youve|have reached ~4 voicemail|mailbox|answering|answerphone, not available to \
         take, cant|cannot come to the phone|telephone, is not available ~3 leave, nobody can come to the \
         phone|telephone, record your message, the mailbox is full, person you ~3 calling|called|dialed|dialled ~2 \
         not|unavailable, number you ~3 called|dialed|dialled|calling",
    ),
];

const TOLD: &[(Theme, &str)] = &[
    (
        Theme::Dying,
        "to die, wish* ~2 dead, end ~2 life, not|longer ~2 to live, suicid*, kill ~1 self|yourself|herself|himself",
    ),
    (Theme::Chest, "chest, breathe, breathing, breath, breathless*, heart attack"),
    (
        Theme::Fall,
        "fall, falls, fell, fallen, falling, slip, slipped, trip, tripped, tumble*, stumble*, collapsed, fainted",
    ),
    (
        Theme::NotEating,
        "no|poor|lost|low|little|your|less ~2 appetite, not|hasnt|havent|nothing|little|hardly|barely|too|stopped|stop \
         ~3 eat*|ate, trouble ~1 eating, without ~2 food|eating",
    ),
    (Theme::Confusion, "confus*, muddled, disorient*, know ~2 where, lost, memory"),
    (Theme::Alone, "lonely, loneliness, alone, afraid, scared, frightened, anxious, fear*, company"),
    (Theme::Urgent, "urgent*, emergency, ambulance, danger"),
];

const EXCEPT: &[(Theme, &str)] = &[
    (
        Theme::Dying,
        "live|living anywhere|in|near|next|somewhere|out|there|abroad, rather die than, want to die laughing, die of \
         laughing|laughter|boredom|embarrassment|shame|curiosity, dead tired, dead on, like dead wood, love|like|want \
         to dye, tired of living out, life ~2 not worth worrying, living room, enough of living ~1 out|with|here, \
         living ~2 hospital|suitcase",
    ),
    (
        Theme::Chest,
        "cat|dog|kitten|baby ~4 on my chest, breathing ~3 hard|heavy ~2 dancing|stairs|running|race, chest of drawers, \
         chest freezer, treasure|wooden|toy|tea|cedar|blanket|linen|medicine|oak|old|ice|war|pirate|tool chest, off \
         my|your chest, chest hair, took|takes|take my breath ~1 away, hold* my breath, breathtaking, save your \
         breath, waste my breath, laugh* ~8 breathe|breath|chest|breathing, breathe|breath|breathing ~3 \
         laughing|laughter, give|gave|giving|gives|given ~4 heart attack, breathe easy|easier|again, breath of ~1 \
         fresh|air, chicken chest, under ~1 breath, breathing exercises, heart aches ~2 for",
    ),
    (
        Theme::Fall,
        "balance sheet|of|in, fell|fall|fallen|falling|falls ~2 asleep, fell|fall|fallen|falling ~2 love, \
         fell|fall|fallen|falling ill|sick|silent|quiet|short|pregnant|apart|behind|for|through|about|due|back, \
         fell|fallen|fall out with|over|about, fell into ~3 \
         conversation|sleep|bed|chair|habit|step|trap|armchair|arms|place|line, fell off to sleep, \
         fell|fall|fallen|falling ~6 laughing|laughter, laugh* ~5 fell|fallen|fall off|about, in the fall, this fall, \
         last fall, next fall, every fall, fall colour*|color*|leaves|weather|term|season|festival, \
         the|each|early|late|of fall ~1 leaves|colours|colors|is, \
         the|a|an|my|his|her|its|our|your|this|that|these|those|some|all *&!and|then|bathroom|stairs|night|kitchen \
         fell|slipped|collapsed|tumbled|toppled, \
         night|darkness|snow|rain|leaves|apples|price*|temperature*|picture|cup ~1 \
         fell|fallen|slipped|collapsed|tumbled|falling, glass|plate|vase|it|petals|stitches|tree|roof|fence|cake ~1 \
         fell|fallen|slipped|collapsed|tumbled|falling, snow|rain ~2 falling, slipped my|her|his mind, slipped \
         into|out|away|it|him|her, slipped ~3 disc|disk|stitch, slipped on ~2 \
         coat|cardigan|slippers|shoes|dressing|jumper|gown|jacket, could|would|might|may|should ~1 have ~2 \
         fallen|slipped|tripped|fell, not that i, tripped ~1 the switch|fuse, falling ~1 in|down about, fallen ~1 \
         on|upon hard, fall|fell ~1 from grace, trip to, stumbled across|upon, stumbled over ~2 word|words|name, \
         waterfall, falls apart, falling ~1 to pieces|bits, lost my footing ~2 joke, collapsed ~2 \
         laughing|chair|sofa|bed|armchair, sat ~4 floor ~4 grandchild*|kids|playing|children|play|toys, went ~1 flying \
         to|over|with|home, fell on ~3 knees ~2 pray|thank",
    ),
    (
        Theme::NotEating,
        "only|just ~3 for breakfast|lunch, eat*|ate ~1 much|anything|well in|at|for|before|after, nothing ~2 to eat ~1 \
         on|at|there, eat*|ate ~1 \
         yet|breakfast|lunch|dinner|supper|meat|fish|pork|sugar|sweets|out|here|there|this|that|these|those, eat*|ate \
         ~1 so well|good|nice|much|many, eat*|ate ~1 so|such|as|like|better|nicer, eat*|ate anything \
         so|as|like|nicer|better|spicy|sweet|fried|fatty|salty|raw|with, eat*|ate anything \
         after|from|but|else|that|too|cold|hot|heavy|before|yet|until|by, eat*|ate ~1 anything ~1 since \
         breakfast|lunch|noon|dinner, eat*|ate since breakfast|lunch|noon|dinner, eat*|ate ~1 much|any|a|enough|at \
         meat|fish|sugar|bread|sweets|salt|fruit|cake|chocolate, eat*|ate ~1 much|any|a|enough|at \
         butter|cheese|red|vegetables|greens|fried|spicy|night|restaurants|lot, eat*|ate ~1 bread|anymore ~1 \
         sweets|sugar|meat|bread, cant|couldnt ~1 eat ~1 another|more|it|them|all, eat*|ate ~1 food like|that, \
         stopped|given|gave|quit ~2 eating ~1 meat|sugar|sweets|bread|chocolate|biscuits|so|salt|butter|cake|between, \
         nothing ~2 to eat that|with|like, nothing to eat ~1 before|after, nothing ~2 wrong ~2 appetite, lost ~2 \
         weight, not ~1 bad ~1 appetite, little appetite ~1 for ~1 cake|sweets, forgot* to eat ~1 my|the, anymore|any \
         more ~1 thank*, @scant ~1 want anything ~1 for|from|else, @scant ~1 want ~1 anything ~1 thank*, live|living \
         ~2 on my, eat*|ate ~1 a ~1 lot|better, @scant ~1 touch ~1 anything ~1 in|on|that, little ~1 and|but often, \
         eat*|ate ~1 little ~1 and|but|portions|bits|more, no food ~1 waste, dont eat*|ate ~1 enough ~1 they|says",
    ),
    (
        Theme::Confusion,
        "confused about ~1 the|this|that|these|those|which|all|new|your, confused with|by|over|between, confused \
         which|why|how|as, got ~2 muddled|confused ~1 with|between|about|by|which, got lost ~3 \
         book|music|thought|film|conversation, forgot* how to ~2 \
         knit|spell|make|use|work|switch|play|dance|drive|record|turn|say, day ~1 it ~2 on, sure ~1 what|which day \
         they|he|she|we|you, day it was ~1 when, day ~1 it is ~1 on|for|that|they|he|she|we|you, date it expires|is \
         on, going mad|crazy with|over|about|for, where im ~1 going|sitting|meeting, losing my mind ~2 \
         waiting|over|noise, keep forgetting ~1 where i put|left, forgot* where i|ive ~1 put|left|parked|hid, where i \
         ~1 put|left|parked|hid|got|bought|heard|read, lost my mind ~1 over, know ~1 where ~1 i ~1 got|heard, who my \
         ~2 favourite, what day is it ~2 for|on|again|your, see|seen|saw ~3 not been there, forgot* where my ~1 \
         glasses|keys|purse|bag|book, forgot* who ~1 said|told|won",
    ),
    (
        Theme::Alone,
        "one|nobody comes|came ~1 here ~1 on|before|after, lonely planet|hearts|island|hill|road|cloud|bull, im|am \
         afraid so|not|i|we|ive|im|its|the|that|there|theres|he, im|am afraid \
         she|my|you|your|weve|ill|they|it|nothing|dear|this|today, afraid to say|admit|ask|tell, @afraid ~1 of \
         spiders|mice|dogs|heights|flying|dentist|dentists|snakes|wasps|thunder|cats|rats, @afraid ~1 of \
         bees|needles|computers|cows|mouse|a|anything|nothing|no|hard|geese|lifts, @afraid ~1 of the \
         dentist*|dog*|cat*|geese|water|computer|car|traffic|new, @afraid that|by|at the|film|a ~1 \
         match|film|noise|bang|programme|dog|bus|train|show, scared the|me|him|her|them, @afraid to death ~1 of, leave \
         me alone, let alone, home alone, nobody|one|noone calls me *, nobody|noone|one ~1 comes|came ~1 to ~1 the ~1 \
         door|party|meeting|class|bridge, nobody|one ~1 cares ~1 about ~1 the|that|football|cricket|politics, nobody \
         visit* ~1 the ~1 shop|museum, no one cares if, like|love|enjoy|happy ~4 alone|lonely, alone ~3 \
         happy|fine|peace|content|bother*|mind, nobody ~1 left ~1 the|a|without|hungry|early, nobody|one to talk ~1 \
         me|us ~1 into|out, not a soul in ~1 the ~1 shop|street|church|park|water, not a soul ~2 about|around, @afraid \
         ~1 of being|losing ~1 late|bored|wrong, @afraid ~1 of going ~1 bald|grey|broke, afraid they|that ~1 \
         sold|havent|closed|we|i|its|the|my, not safe ~2 to drive|cross, felt ~1 useless ~1 at, nobody ~2 cares ~2 \
         what|how, dont leave me ~1 hanging|waiting, feel* ~1 useless at",
    ),
    (Theme::Urgent, "if i need help, help me ~1 with|to"),
    (Theme::Request, "i need to go, i need nothing"),
    (Theme::FollowUp, "dont forget"),
    (
        Theme::GoodMood,
        "good morning|afternoon|evening|night|time|bye|grief|lord|gracious|heavens|god, good while|deal|few|many, good \
         thing",
    ),
    (
        Theme::Imagined,
        "if its|it ~2 morning|day|night|afternoon, even if, as if, if i ~2 honest|truthful|may, if you ~2 \
         must|want|ask, what if, dont know if, if only",
    ),
    (Theme::Past, "since ~7 last year|winter|summer|spring|autumn|christmas, since ~7 years|months ~1 ago|back"),
    (Theme::Recent, "again and again"),
];
