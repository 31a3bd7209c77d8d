//! For readers of Dutch.

use super::Phrases;

pub(super) const PHRASES: Phrases = Phrases {
    tags: &["nl"],
    writes: |c| c < '\u{250}',
    small_words: &[
        "de", "het", "een", "en", "van", "ik", "hij", "zij", "ze", "niet", "dat", "op", "met", "voor", "haar", "zijn",
        "heeft",
    ],

    somebody: "uw vader of moeder",
    spoke_about: "{name} vertelde over {what}: {quotes}",
    noted_value: "Notitie van de gesprekspartner over {what}: {value}",
    noted: "Notitie van de gesprekspartner: {value}",
    said: "In eigen woorden: {value}",
    said_by: "{name} zei: {quote}",
    flagged: "De gesprekspartner gaf een teken: {what}.",
    nameless: "iets zonder naam",

    talked: "{name} heeft{length} gepraat{themes}.",
    for_length: " {length}",
    about: ", over {themes}",
    unheard: "Er werd opgenomen, maar er was geen woord van {name} te verstaan.",
    voicemail: "Een voicemail nam op, en {name} was niet te horen.",
    look_at: "Dit vraagt aandacht voor {name}: {what}.",
    seconds: "{n} seconden",
    minutes: "{n} minuten",
    comma: ", ",
    and: " en ",

    moods: [
        "{name} klonk erg somber.",
        "{name} klonk wat somber.",
        "{name} klonk niet somber en niet vrolijk.",
        "{name} klonk goedgehumeurd.",
        "{name} klonk heel vrolijk.",
    ],
    scored: "De gesprekspartner gaf een {n} van 5.",

    dying: "niet meer willen leven",
    chest: "de borst of benauwdheid",
    fall: "een val of het gevaar daarvan",
    not_eating: "te weinig eten",
    confusion: "verwardheid",
    alone: "alleen of bang zijn",
    urgent: "iets dringends",
    health: "gezondheid",
    medicine: "medicijnen",
    meals: "eten",
    sleep: "slapen",
    company: "gezelschap",
    activity: "bezigheden",
    relatives: "de familie",
    television: "televisie en nieuws",
    garden: "de tuin",
    faith: "geloof",
    outdoors: "eropuit gaan",
    talk: "het gesprek",
    wish: "een wens",
    follow_up: "iets om op terug te komen",
};
