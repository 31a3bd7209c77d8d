//! Dutch.

use super::{Table, Theme};

pub(super) const TABLE: Table = Table { classes: CLASSES, named: NAMED, told: TOLD, except: EXCEPT };

const CLASSES: &[(&str, &str)] = &[
    ("no", "niet geen nooit niks niets nee zonder evenmin geenszins"),
    ("bound", "weet wist alleen meer zeker goed lekker opgelet uitgekeken vasthouden slapen sliep geslapen zomaar"),
    ("i", "ik k"),
    ("me", "mij me mijn mezelf mijzelf mn"),
    (
        "other",
        "hij zij ze hem haar zijn hun jij je jullie u uw iemand mensen iedereen buurvrouw* buurman* buren buurjongen* \
         buurmeisje* dochter* zoon zoons zoontje kleinzoon* kleindochter* kleinkind* kind kinderen man mannen vrouw \
         vrouwen broer* zus zusje* zuster* *zus *broer *moeder *vader *zoon *dochter moeder* vader* mama papa oma opa \
         tante* oom neef* nicht* vriend* vriendin* kennis kennissen mevrouw meneer dame dames heer jongen* meisje* \
         baby* dokter* arts pastoor dominee kat poes hond honden katten poezen vogel* paard* kopje kop glas bord vaas \
         schilderij blad bladeren sneeuw regen kwartje koning koningin",
    ),
    ("it", "het er niemand leven dit"),
    ("with", "met bij naar voor langs tegen naast achter"),
    ("own", ""),
    ("and", "en toen maar want"),
    ("turn", "omdat doordat nadat terwijl zodat totdat voordat hoewel tenzij als"),
    ("scant", "niet geen nooit niks niets nauwelijks amper zelden"),
];

const NAMED: &[(Theme, &str)] = &[
    (
        Theme::Dying,
        "geen ~1 reden ~1 meer ~2 door|leven|verder|op, haalt|haal|neemt|neem ~1 god|heer|hij ~2 mij|me ~1 \
         niet|toch|maar, ik wil niet meer $, waarom leef ik ~1 nog, leven ~1 hoeft ~5 niet, wil|wou ~2 er niet meer \
         zijn, moe|zat|beu ~1 van ~1 het|dit leven, euthanasie, voltooid leven, uitgeleefd, laat me ~1 gaan $, laat \
         mij ~1 gaan $, geef het ~1 op $, niemand ~3 missen ~1 $, hoop|wou|wil|laat|wens ~6 \
         doodga|doodgaan|sterf|sterven, geen ~1 zin ~2 in ~1 het leven, wat heeft het ~2 voor zin, \
         wil|wou|wens|hoop|zou ~4 dood, liever|liefst ~2 dood, dood wil|zijn ~1 $, was|ware ~1 ik ~1 maar dood, ik ~2 \
         maar dood was, hoop|bid|wens|wou ~6 niet ~1 meer ~1 wakker, hoop|bid|wens|wou ~6 nooit ~1 meer ~1 wakker, \
         niet meer wakker ~1 worden|word, niet ~2 meer ~1 leven|verder ~1 $|zo, niet ~2 verder ~1 leven, wil|hoef ~3 \
         niet meer $, mij|me hoeft het ~3 niet|meer, het hoeft ~2 voor|van mij ~3 niet, hoeft het ~2 voor|van mij ~3 \
         niet, eind|einde ~2 aan ~3 maak|maken|gemaakt|komen|komt, maak ~2 een eind|einde aan, een eind|einde aan ~1 \
         maken|maak, uit ~1 het ~1 leven stappen, stap|stappen ~1 eruit, zelfmoord, van kant ~1 maken|maak, \
         mezelf|mijzelf ~3 aandoen|doden|ophangen|verdrinken|doen, leven ~3 geen ~1 zin|nut|waarde|doel|betekenis, \
         geen ~2 zin|nut ~2 leven, leven ~3 niet ~2 waard, leven moe|zat|beu, levensmoe, klaar met ~1 leven, heb ~3 \
         niets ~2 meer ~1 te ~1 leven|verwachten, niets ~2 om voor te leven, beter af ~1 zonder ~1 mij|me, beter ~1 \
         zonder ~2 mij|me, iedereen ~4 beter ~3 zonder ~1 mij|me, komt|kwam|kom ~1 halen, haal|haalt|neem|neemt ~1 mij \
         ~2 maar|god|heer|toch, wachten|wacht ~2 op de dood, wou|wilde ~2 dat ik ~3 er niet meer was, er niet meer te \
         zijn, liever ~2 er niet meer, alle|al ~1 mijn ~1 pillen|tabletten ~2 tegelijk, ik ga er onderdoor, ik ben op \
         $, tot last ~4 dood|weg",
    ),
    (
        Theme::Chest,
        "krijg|kreeg ~3 niet|te ~1 genoeg|weinig lucht|adem, adem tekort|te, kom|komt ~2 adem|lucht ~1 tekort, \
         pijn|druk|steken ~4 borstkas|borstbeen|hartstreek|borststreek, longen ~3 pijn|branden, borst ~1 \
         zit|ligt|staat|drukt, zit|zitten|ligt|staat ~3 op mijn borst, steek|steken ~3 hart, pijn ~5 borst, pijnlijk* \
         ~1 borst, borst ~4 pijn|zeer|druk|drukt|strak|beklemd|zwaar|brandt|steken|knelt, \
         druk|drukt|drukkend|beklemm*|knellend|benauwd|zwaar|strak|steek|steken|branderig|knijp*|band|gewicht ~5 \
         borst, benauwdheid, benauwd ~4 ik, ik ~6 benauwd, zo|erg|heel|weer|vreselijk|steeds benauwd, \
         heb|krijg|kreeg|had|krijgen ~3 benauwd, kortademig*, ademnood, krijg|kreeg|krijgen|kregen|heb|had ~4 geen ~2 \
         lucht|adem, te weinig lucht, geen ~1 lucht|adem ~2 meer|krijgen|krijg|kreeg, \
         hap|happen|hapte|snak|snakte|snakken|snakkend ~2 naar ~1 lucht|adem, \
         niet|nauwelijks|amper|moeilijk|moeite|zwaar ~4 ademen|ademhalen|adem|ademhaling, hijg* ~3 zit|niets|stil|bed, \
         buiten adem ~3 zit|niets|stil|rust|bed|trap|steeds|paar, hartaanval, hartinfarct, pijn ~3 hart, hart ~2 \
         pijn|steekt|zeer, pijn ~3 linkerarm, linkerarm ~3 pijn|zeer|tintelt|doof, stik|stikte|stikken ~1 \
         $|bijna|zowat",
    ),
    (
        Theme::Fall,
        "lag|gelegen|lig|liggen|beland|belandde|terechtgekomen ~6 *vloer, op de *vloer ~3 \
         terecht|beland|gelegen|wakker|gevonden, plat op ~1 mijn gezicht|rug|neus|buik, wankel* ~3 benen|been|voeten, \
         onvast ~1 ter|op, wiebelig ~1 op, door mijn enkel|knie|benen ~1 gegaan|gezakt|ging, smakte, kukelde, \
         duikelde, lelijk ~1 terecht, ging|ga ~2 onderuit, van ~1 de|het vloer|grond ~4 \
         rapen|geraapt|gehaald|geholpen|getild, gevallen, omgevallen, ik ~4 viel, viel ~1 ik, neergevallen, \
         flauwgevallen, viel ~1 ik ~3 flauw, flauw gevallen, ik val ~4 \
         vaak|steeds|telkens|weer|tijd|veel|om|geregeld|regelmatig, val ik ~4 \
         vaak|steeds|telkens|weer|tijd|veel|om|geregeld|regelmatig, uitgegleden, \
         onderuit|onderuitgegaan|onderuitgegleden|weggegleden|uitgeschoten, gleed ~2 uit|weg, gestruikeld, struikelde, \
         ik ~3 getuimeld, heb|had|maakte|een|lelijke|nare|flinke|weer ~3 val ~1 \
         gemaakt|gehad|$|van|in|op|gisteren|vanochtend, maakte ~3 val, ten val, smak ~1 gemaakt|op|van, op de|mijn ~1 \
         grond|vloer ~3 terecht|beland|gelegen|wakker|gevonden, lag|gelegen|lig|liggen|beland|belandde|terechtgekomen \
         ~6 grond|vloer|naast, naast ~1 het|mijn bed, kwam|kom|komen ~5 niet|nauwelijks ~3 overeind, \
         niet|nauwelijks|amper ~3 overeind, niet ~3 opstaan ~3 grond|vloer, van ~1 de|het|mijn vloer|grond ~2 \
         op|overeind, zakte|zakten|zak|gezakt|zakken ~5 elkaar|weg|benen|knieen, benen|knieen|been|knie ~5 \
         begaven|begaf|zakten|weg|begeven, evenwicht ~2 kwijt|verloren|verlies, verlies|verloor ~3 evenwicht, in \
         elkaar gezakt, uit ~1 bed gerold, van de|het fiets|trap|ladder|stoel|stoep|krukje|trapje ~1 \
         gedonderd|gekukeld|gelazerd|af, tegen de vlakte, onwel geworden",
    ),
    (
        Theme::NotEating,
        "hoef|wil|lust ~2 geen ~1 eten, krijg ~5 niet ~1 weg|binnen|op $, eet ~2 slecht|weinig, puf|fut ~5 eet|eten ~2 \
         niet, laat ~3 eten|bord ~2 staan, kom ~2 niet ~1 aan|toe ~2 eten, kook ~2 niet meer ~1 $|voor|en, geen ~2 \
         bezorgde ~1 maaltijd, geen|nauwelijks|amper ~2 hap|maaltijd ~3 gegeten|gehad, smaakt ~1 naar ~1 \
         karton|niks|niets|zaagsel, leef|leven ~2 op ~1 thee|water|beschuit|koffie, \
         niets|niks|niet|nauwelijks|amper|weinig|hap ~5 gegeten, eet|eten|at ~4 \
         niet|niets|niks|nauwelijks|amper|weinig|slecht $|meer|de|vandaag|sinds|tegenwoordig|goed, eet|at ~2 \
         nauwelijks|amper, bijna|haast|vrijwel niets|niks|niet ~1 eet|eten|gegeten|op|binnen, \
         niets|niks|niet|nauwelijks ~3 eten ~1 $|meer|vandaag|sinds|de, geen|weinig|nauwelijks|minder ~2 eetlust, \
         eetlust ~3 kwijt|weg|verloren|slecht|minder|verdwenen|niet, geen|nergens ~1 trek ~1 $|meer|in|de|sinds|al, \
         nergens ~1 trek, geen|weinig ~1 honger ~2 de|dagen|sinds|nooit|tijd, nooit ~1 honger|trek, geen ~1 zin ~2 \
         eten, eten ~3 staat|tegen|smaakt ~3 tegen|niet|nergens, smaakt ~2 niets|niet|niks|nergens ~1 $|meer|naar, \
         staat me ~1 tegen, geen|nauwelijks|niet ~1 hap ~3 keel|binnen|weg|door, geen|niet ~2 eten ~2 \
         zien|ruiken|binnen|weg, sla|slaan|oversla|overslaan ~4 maaltijd*|eten, maaltijd* ~3 over, niets|niks|niet ~3 \
         meer ~1 op ~1 $, heb|had ~4 niets|niks ~1 op ~1 $|vandaag|sinds, niets|niks ~3 te eten, er is ~2 niets|niks \
         ~3 te eten, niets|niks|leeg ~3 koelkast, koelkast ~2 leeg, alleen|slechts ~1 maar ~1 \
         thee|water|koffie|beschuit ~3 dagen|sinds|gisteren|vandaag, niets|niks ~2 binnen ~1 houden|gehouden|$, \
         vergeet ~2 te eten, eten ~1 vergeet|vergeten",
    ),
    (
        Theme::Confusion,
        "snap|begrijp|weet ~2 er ~1 niets|niks ~1 meer ~1 van, alles ~1 is ~2 vreemd|anders|raar, weg ~1 kwijt ~1 \
         in|naar, niet ~4 hoe ik ~2 thuis ~2 kom|komen|moet|gekomen, ken|herken ~3 \
         dochter|zoon|man|vrouw|kinderen|kleinkinderen ~1 niet, wat ~1 voor ~1 dag ~1 is het $, ochtend of ~1 avond ~1 \
         $|is, weg kwijt ~4 huis|straat|buurt|eigen|dorp, hoofd is ~3 mist|watten|wazig|chaos, wie ~1 zijn|is ~3 \
         mensen|man|vrouw ~2 in mijn|m|de huis|kamer|bed, naam|namen van mijn ~1 \
         dochter|zoon|man|vrouw|kinderen|kleinkinderen ~3 niet|vergeten|kwijt, ik ~6 in de war, raak|raakte|geraakt ~4 \
         in de war, in de war ~1 ik|$|vandaag|vanochtend|savonds|steeds, verward, de|volledig kluts kwijt, \
         weet|wist|weten ~2 niet ~3 welke|welk dag|maand|jaar|datum|seizoen ~1 het|we|is|vandaag, weet|wist|weten ~2 \
         niet ~3 wat|welk ~1 voor ~1 dag|jaar|maand ~1 het|we|is|vandaag, geen idee ~1 welke|wat dag ~1 het, niet|geen \
         ~3 waar ik ~2 ben|was|woon|woonde ~1 $|hier|nu, waar ben ik, weet|wist ~2 niet ~2 wie ik ~1 ben|was, \
         vergeet|vergeten ~2 wie|waar ik, weet|wist|ken|kende ~3 eigen ~1 naam|adres|huis ~2 niet, eigen \
         naam|adres|verjaardag ~2 vergeten|niet|kwijt, weg ~2 naar huis ~3 niet|kwijt|vergeten, weg ~2 terug ~3 \
         niet|kwijt, verdwaald ~4 straat|huis|buurt|dorp|winkel|eigen|wijk|supermarkt, verdwaal|verdwaalde|verdwaald \
         ~4 eigen|buurt|straat|dorp|onderweg|wijk|huis, herken|herkende ~4 niet ~1 meer, dit|hier is mijn huis|kamer \
         niet, niet mijn ~1 huis|kamer|bed|eigen, wiens huis, zie|zag|hoor|hoorde ~2 \
         mensen|mannen|kinderen|man|vrouw|vreemden|iemand ~6 niet ~1 zijn|is|was|waren, zie|zag|hoor|hoorde ~6 niet ~1 \
         zijn|is|was|waren, hoor|hoorde stemmen, stemmen ~2 hoofd, dingen ~3 er niet zijn, mist ~2 hoofd, hoofd ~3 \
         mist|watten|wazig|chaos|warrig|helder, warrig, word|ben ~3 gek|dement|seniel|vergeetachtig ~1 \
         $|aan|ik|geworden, ben ~2 verstand ~1 kwijt, dagen ~3 door elkaar, haal ~4 door elkaar, alles ~2 door elkaar \
         ~2 ik|hoofd, kan|kon ~2 niet ~2 meer ~1 helder|goed denken, snap|begrijp|weet ~2 niet|niets ~1 meer ~1 wat er \
         ~1 gebeurt|gebeurde|aan, geen idee ~1 waar ik ~1 ben|was",
    ),
    (
        Theme::Alone,
        "bang ~1 dat er|iemand|ze ~3 iemand|binnenkomt|binnenkomen|inbreken|inbreekt|inbrekers|komt|halen, huis ~2 \
         zo|te leeg, kijkt|kijken ~3 naar ~1 me|mij om, mis hem|haar ~1 zo, week|weken|dag|dagen|maand ~2 niemand ~2 \
         gezien|gesproken|geweest, alleen ~1 op de wereld, geen ~1 bezoek ~1 $|meer|gehad|ooit, geen|weinig|mis ~1 \
         aanspraak, telefoon ~2 gaat|rinkelt|zwijgt ~1 nooit, paniek*, in mijn eentje ~3 bang|verdrietig, bang ~3 \
         eentje, schrik ~2 van elk|ieder, niemand ~2 opzoeken|opgezocht, zie|spreek ~1 niemand ~1 $|meer, me|mij ~2 \
         vergeten ~1 $|hoor, eenzaam*, het is ~4 eenzaam, is het ~3 eenzaam, voel|voelde ~5 \
         alleen|verlaten|vergeten|overbodig|verloren, zo|heel|erg|helemaal|moederziel|altijd|steeds alleen ~1 \
         $|in|hier|sinds|thuis|en|ben|voel, ik ben ~1 maar|zo|steeds|altijd ~2 alleen ~1 $|hier|thuis, alleen ~1 \
         de|hele ~1 dag|dagen|avond|week, hele dag|avond|week ~1 alleen, niemand|nooit ~4 \
         langs|bezoek|belt|komt|omkijkt|kijkt|aanbelt ~1 $|meer|bij|ooit|hier|iemand|naar, belt|komt|kwam ~3 \
         niemand|nooit ~3 $|meer|langs|ooit|iemand|op, niemand ~2 meer ~3 praten|over|heb|$, niemand ~2 om ~2 te \
         praten, niemand ~2 mee ~1 praten|te, niemand ~2 geeft|om ~2 mij, in|al ~1 geen|niet ~1 dagen|weken|maanden ~3 \
         iemand|gesproken|gezien|niemand, dagen|weken ~4 niemand|geen ~3 gesproken|gezien|mens, geen \
         mens|sterveling|levende, in de steek ~1 gelaten|laten, ben|zo|heel|erg|steeds|altijd|vaak|ook|wel bang ~1 \
         $|s|om|in|alleen|voor|hier|als|sinds|en|ben|geworden|van, bang ~1 ben ik|$, bang ~3 \
         nacht|nachts|avond|avonds|donker|alleen, ik ~5 bang ~1 $|s|in|alleen|hier|s, angst|angstig ~1 \
         $|s|in|om|alleen|voor|hier|ik, nooit ~1 zo ~1 bang|alleen|eenzaam, durf|durfde ~2 niet ~4 \
         slapen|alleen|naar|buiten|bed|huis|douchen|deur, zie ~2 op tegen ~2 \
         nacht|nachten|avond|avonden|donker|weekend, niet|nergens ~1 veilig, laat ~1 mij|me ~1 niet alleen, iemand ~4 \
         inbreken|binnen|achtervolgt|achter me, stil ~4 verdragen|uit te houden|niet tegen, muren komen ~2 af, huil ~4 \
         slaap|nacht|alleen|avond",
    ),
    (
        Theme::Urgent,
        "bel|roep|haal|stuur ~3 ambulance|112|ziekenwagen|dokter ~1 $|nu|snel|alstublieft, help me ~1 \
         $|alstublieft|toch|dan|snel, ik heb hulp nodig",
    ),
    (
        Theme::Health,
        "pijn*, zeer, hoofdpijn, duizelig*, hoest*, koorts, ziek, moe, bloeddruk, knie*, heup*, gezond, griep, \
         verkouden",
    ),
    (
        Theme::Meals,
        "ontbijt*, ontbeten, lunch, avondeten, eten, eet, ik at, at ik, we aten, gegeten, maaltijd*, soep, boterham*, \
         eetlust, gekookt, trek in",
    ),
    (Theme::Sleep, "slaap, slapen, geslapen, sliep, wakker, dutje, slapeloos"),
    (Theme::Medicine, "medicijn*, pil, pillen, pilletje*, tablet*, insuline, recept, recepten, receptje"),
    (Theme::Company, "bezoek*, buurvrouw*, buurman*, buren, vriendin*, vrienden, langsgekomen, gezelschap, op visite"),
    (
        Theme::Request,
        "zeg tegen, zeg maar tegen, vertel ~1 mijn, vertel ~1 aan, vraag ~2 aan, wil je ~3 zeggen, kunt u, kun je, ik \
         heb ~2 nodig, ik zou graag, doe de groeten",
    ),
    (Theme::FollowUp, "vergeten, vergat, afspraak*, dokter*, ziekenhuis, op is, bijna op, kapot"),
    (Theme::Television, "televisie, tv, het nieuws"),
    (Theme::Relatives, "kleinzoon*, kleindochter*, kleinkind*, mijn dochter*, mijn zoon*"),
    (Theme::Garden, "tuin*, bloemen, planten"),
    (Theme::Faith, "kerk, de mis, bidden, gebed, gebeden, moskee"),
    (Theme::Outdoors, "wandelen, gewandeld, wandeling, markt, naar buiten"),
    (Theme::GoodMood, "heel goed, prima, blij, gelukkig, fijn, heerlijk, vrolijk, gezellig, prachtig, tevreden, haha*"),
    (Theme::BadMood, "verdrietig, eenzaam, gehuild, huilen, somber, vreselijk, ellendig, bezorgd, bang, treurig"),
    (
        Theme::Warm,
        "hou van, houd van, ik mis, mis ik, kleinzoon*, kleindochter*, kleinkind*, trots, dankbaar, gelachen, lachen, \
         blij, lief, lieve",
    ),
    (Theme::Imagined, "als, stel dat, indien, mocht ik, gedroomd, droomde, droom, zodat, had ~2 kunnen"),
    (
        Theme::Past,
        "vorig ~1 jaar, vorige winter|zomer|herfst|lente|kerst|eeuw, jaren geleden, jaar geleden, maanden geleden, \
         lang geleden, vroeger, toen ik ~4 klein|jong|kind|jongen|meisje|was, als kind, in mijn jeugd, in 19*, in \
         20*&!20, in de oorlog, destijds",
    ),
    (
        Theme::Recent,
        "vandaag, gisteren, gisteravond, gistermiddag, eergisteren, vanmorgen, vanochtend, vanmiddag, vanavond, \
         vannacht, net, pas, weer, steeds, sinds, sindsdien, tegenwoordig, laatste tijd, deze week, dagen geleden, \
         week geleden, uur geleden, nog steeds, telkens",
    ),
    (Theme::Yes, "^ ja, ^ jawel, ^ jazeker, ^ helaas wel, ^ inderdaad"),
    (
        Theme::Voicemail,
        "spreek ~5 in na|achter ~2 toon|piep|pieptoon|signaal, na de toon|piep|pieptoon, voicemail van, bericht ~3 \
         inspreken, niet bereikbaar ~4 bericht|spreek, u bent verbonden met, de persoon die u belt, het nummer dat u, \
         laat ~2 bericht achter",
    ),
];

const TOLD: &[(Theme, &str)] = &[
    (Theme::Dying, "dood ~1 wil|wilde|willen, niet ~2 meer ~1 leven, zelfmoord, eind* aan ~2 leven"),
    (Theme::Chest, "borst, ademen, adem, lucht, benauwd, hartaanval"),
    (Theme::Fall, "gevallen, val, valt, viel, vallen, uitgegleden, gestruikeld, struikelen"),
    (
        Theme::NotEating,
        "geen|slechte|weinig|minder|uw|verminderde ~1 eetlust, niet|niets|weinig|nauwelijks|slecht ~3 \
         eten|eet|gegeten|at, eet|at ~2 niet|niets|weinig|slecht",
    ),
    (Theme::Confusion, "verward*, in de war, waar ~2 was|is|bent, de weg kwijt"),
    (Theme::Alone, "eenzaam*, alleen, bang, angst*"),
    (Theme::Urgent, "dringend, spoed*, ambulance, gevaar"),
];

const EXCEPT: &[(Theme, &str)] = &[
    (
        Theme::Dying,
        "leven in een|die|dat|deze, wil|laat ~2 niet ~2 doodgaan|sterven, liever dood dan, liever ~2 dan ~2 soep, niet \
         meer ~1 in|roken|naar|aan|mee|op|met|zo|meer|weg|over|bij|van|voor, niet meer leven ~1 zonder, wil ~3 niet \
         meer ~1 in|roken|naar|aan|mee|op|met|zo|weg|over|bij|van|voor|doen|gaan, hoeft ~1 die|dat|deze ~3 niet meer, \
         dood gelachen|geschrokken|moe|op, wil ~2 dood* gewicht",
    ),
    (
        Theme::Chest,
        "adem over, borst ~1 heb ~2 niet|nooit|geen, benauwd ~1 weer|buiten|warm|hier|klimaat, benauwd ~2 \
         onweer|vandaag, met pijn ~2 hart, pijn in ~1 hart ~3 verkocht|afscheid|weggedaan|moeten, schrok* ~5 \
         hartaanval, lach* ~8 lucht|adem, gelachen ~6 lucht|adem, buiten adem van ~1 dansen|rennen|lachen|fietsen, \
         geen adem ~1 te, lucht ~2 geklaard, frisse ~1 lucht, in de lucht",
    ),
    (
        Theme::Fall,
        "is|zijn gevallen|omgevallen|uitgegleden|gestruikeld|flauwgevallen, is|zijn *&!ik \
         gevallen|omgevallen|uitgegleden|gestruikeld|flauwgevallen, is|zijn *&!ik *&!ik \
         gevallen|omgevallen|uitgegleden|gestruikeld, is|zijn *&!ik *&!ik *&!ik \
         gevallen|omgevallen|uitgegleden|gestruikeld, is|zijn *&!ik *&!ik *&!ik *&!ik gevallen|omgevallen|uitgegleden, \
         in bed gevallen, door de mand ~1 gevallen|viel, in slaap ~1 gevallen, in slaap ~1 viel, viel|vielen ~5 slaap, \
         viel ~2 me|mij ~2 op|mee|tegen|zwaar, viel ~2 op|mee|tegen|stil|samen|uit|binnen|reuze, ik ~1 viel ~2 \
         mee|tegen|stil|samen|binnen, stil|mee|tegen|lastig|op|samen gevallen, \
         in|deze|sommige|beide|meeste|andere|zulke|veel|alle|enkele|twee|drie gevallen, gevallen van|waarin|waar, in \
         de smaak|prijzen|termen|categorie ~1 gevallen, neus in de boter gevallen, uit de toon gevallen, met de deur \
         in huis, viel|gevallen ~6 lachen, lachen ~4 viel|gevallen, gevallen ben ik ~1 niet|nooit|gelukkig, op|voor ~1 \
         mijn|hem|haar|die ~4 gevallen ~1 vanwege|om, kunnen ~1 vallen, had ~3 gevallen ~1 kunnen, keuze ~2 gevallen, \
         kwartje ~2 gevallen, ik val ~2 in ~1 herhaling|slaap, val ~2 mee|tegen, val ~1 in ~1 slaap, naast ~1 het|mijn \
         bed ~3 staat|zet|gezet|licht|tafel|tafeltje|water|bijbel|ligt|lamp, ligt|zet|staat ~3 naast, struikelde ~2 \
         over ~3 woord|woorden|tong, gestruikeld ~2 over ~3 woord|woorden, buren|bureau onderuit, \
         lekker|lui|languit|even onderuit, onderuit ~1 op|in ~1 de ~1 bank|stoel|zak, naast|van de trap af ~2 \
         gelopen|lopen, kom ~2 trap af, ging ~1 van de trap af",
    ),
    (
        Theme::NotEating,
        "weet|wist ~3 niet ~1 meer ~1 wat|waar ~3 gegeten, nog ~1 niet ~1 gegeten, nog ~1 niets|niks ~1 gegeten ~1 \
         we|ik, niet ~2 zo ~1 lekker|goed|veel ~2 gegeten, niet ~1 zoveel|veel ~2 \
         snoep|vlees|brood|suiker|taart|gegeten, geen ~1 \
         vlees|vis|zout|suiker|noten|snoep|brood|varkensvlees|zoet|chocola ~3 eten|eet|gegeten, niet|niets|niks ~2 \
         mis, niets|niks ~1 te eten wat|dat|met, eet|eten ~1 niet ~1 meer ~1 tussendoor|snacks|snoep|vlees, geen ~1 \
         honger meer ~1 ik, niet ~2 alleen ~2 eten, niet ~1 buiten ~2 eten, eten ~2 niet|niets ~1 van|uit|met|om, niet \
         ~2 op ~1 straat|tijd|bed|dieet, niks|niets op tegen",
    ),
    (
        Theme::Confusion,
        "maakt|maakte|brengt|bracht|maken ~3 in de war, in de war ~1 met|over|door|van, mijn|m haar ~3 in de war, \
         haar|haren ~4 in de war, weet ~2 niet ~1 welke dag|maand|jaar ~1 het ~1 feest|bezoek|begint|wordt, \
         verdwaal*|verdwaald ~2 in ~2 boek|verhaal|gedachten, niet ~3 waar ik ~1 mijn|die|dat|het|de, word|ben ~1 gek \
         ~1 op|van|geworden|met, niet wat er ~1 gebeurt ~1 met|in ~1 wereld, herken* ~4 niet ~1 meer ~1 \
         zo|groot|gegroeid, ik ben ~1 gek",
    ),
    (
        Theme::Alone,
        "niet|nooit ~2 eenzaam, bang ~1 van|voor ~1 \
         de|het|spinnen|muizen|honden|katten|hoogtes|niet|wel|onweer|tandarts|slangen|vliegen, bang dat \
         ik|het|de|mijn|we|je|u, bang van ~1 niet|wel, bang uitgevallen, bang ~1 maken|gemaakt|maakte, alleen ~1 \
         maar|nog|even|als|met|voor|wonen|een|naar|dat|s, liever|graag|lekker|heerlijk|fijn|prettig ~2 alleen, laat ~1 \
         me ~2 alleen ~1 met, niemand ~2 aan de deur, niemand noemt, bang ~1 om ~1 te ~2 zeggen|vragen|bellen|storen, \
         niemand ~3 praat*|heeft ~2 over, eenzaam* ~1 eiland|opgesloten|avontuur, niet alleen ~2 maar, ook alleen, \
         alleen ~2 wel ~1 fijn|goed, geen mens ~2 op|in ~1 straat|de, voel|voelde ~3 alleen ~1 nog|maar|een",
    ),
    (Theme::Urgent, "help me ~1 met|even|bij|herinneren"),
    (
        Theme::Imagined,
        "als ik ~1 eerlijk, als u|je ~2 weten|vraagt|wil, als ~1 het ~1 ware, als altijd|gewoonlijk|vanouds, als \
         de|een ~2 dood|kind",
    ),
    (Theme::FollowUp, "niet vergeten"),
    (Theme::GoodMood, "gelukkig ~1 niet|geen|nieuwjaar"),
    (Theme::Past, "sinds ~2 jaar"),
];
