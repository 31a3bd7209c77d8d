//! What raises an alarm, and what must not.

use callpanion_plugin_api::renderer::{Block, BlockKind};
use serde_json::{Value, json};

use super::{blocks, collect, material, one, render};

fn alarms(talk: &str) -> Vec<Block> {
    blocks(&render("en", material("Mum", talk)), &BlockKind::Alarm)
}

#[test]
fn each_danger_is_heard_in_each_language() {
    for (line, what) in [
        ("I fell in the kitchen yesterday.", "a fall"),
        ("Kemarin saya jatuh di kamar mandi.", "a fall"),
        ("There is a pain in my chest since noon.", "chest"),
        ("Dada saya sakit kalau naik tangga.", "chest"),
        ("I have no appetite, I haven't eaten since Sunday.", "eating"),
        ("Saya nggak mau makan dari kemarin.", "eating"),
        ("I don't know where I am.", "confused"),
        ("Saya bingung, ini rumah siapa?", "confused"),
        ("I'm scared at night and nobody visits.", "alone"),
        ("Saya kesepian dan takut.", "alone"),
        ("Some days I just want to die.", "not wanting to live"),
        ("Rasanya saya ingin mati saja.", "not wanting to live"),
        ("سقطت في المطبخ أمس.", "a fall"),
        ("عندي ألم في صدري منذ الظهر.", "chest"),
        ("لم آكل شيئا منذ أمس.", "eating"),
        ("لا أعرف أين أنا.", "confused"),
        ("أخاف في الليل ولا أحد يزورني.", "alone"),
        ("أريد أن أموت.", "not wanting to live"),
        ("Ik ben gisteren in de keuken gevallen.", "a fall"),
        ("Ik heb pijn op mijn borst sinds vanmiddag.", "chest"),
        ("Ik heb al twee dagen niets gegeten.", "eating"),
        ("Ik weet niet waar ik ben.", "confused"),
        ("Ik ben 's nachts bang en niemand komt langs.", "alone"),
        ("Ik wil niet meer leven.", "not wanting to live"),
        ("Please call an ambulance!", "urgent"),
    ] {
        let found = alarms(&format!("A: How are you?\nC: {line}"));
        assert_eq!(found.len(), 1, "{line}: {found:#?}");
        assert!(found[0].text.contains(what), "{line}: {}", found[0].text);
        assert!(found[0].text.contains(&format!("“{line}")), "{}", found[0].text);
        assert_eq!(found[0].evidence, [1]);
    }
}

#[test]
fn what_is_denied_or_means_something_else_is_no_alarm() {
    for line in [
        "No fall. Only dizzy.",
        "I didn't fall, and I have no chest pain.",
        "Saya tidak jatuh, cuma pusing.",
        "I fell asleep in the chair.",
        "Cucu saya jatuh cinta.",
        "I haven't eaten breakfast yet.",
        "I'm afraid I forgot your name.",
        "Saya bingung mau masak apa.",
        "I don't want to die, I want to see my grandchildren grow.",
        "My neighbour fell, and my sister has chest pain.",
        "If I fell I would press the button.",
        "When I was a girl I fell off a horse.",
        "لم أسقط، وجارتي وقعت.",
        "Ik ben niet gevallen, mijn buurvrouw is gevallen.",
    ] {
        assert_eq!(alarms(&format!("A: How are you?\nC: {line}")), [], "{line}");
    }
    // The agent's own words are no one's danger.
    assert_eq!(alarms("A: Did you fall? I mean, did you fall yesterday?\nC: What a question!"), []);
}

#[test]
fn a_plain_yes_to_a_dangerous_question_counts_with_both_turns() {
    let found = alarms("A: Did you fall, Mrs. Green?\nC: Yes, yesterday.");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].evidence, [0, 1]);
    assert_eq!(alarms("A: Did you fall, Mrs. Green?\nC: Yes, no, I did not."), []);
    assert_eq!(alarms("A: Ibu jatuh?\nC: Iya, tadi pagi.")[0].evidence, [0, 1]);
}

#[test]
fn a_yes_to_a_dangerous_question_counts_in_each_language_and_not_when_it_was_long_ago() {
    for talk in [
        "A: Bent u gevallen?\nC: Ja, gisteren.",
        "A: هل سقطت؟\nC: نعم، أمس.",
        "A: Did you fall?\nC: Oh dear, yes, in the bath.",
    ] {
        assert_eq!(alarms(talk).len(), 1, "{talk}");
    }
    assert_eq!(alarms("A: Did you fall?\nC: Yes, years ago."), []);
    assert_eq!(alarms("A: Bent u gevallen?\nC: Ja hoor, ik ga niet vallen."), []);
}

#[test]
fn invisible_letters_hide_nothing() {
    assert_eq!(alarms("A: Hello.\nC: I f\u{200b}e\u{ad}ll in the ba\u{202e}throom.").len(), 1);
    assert_eq!(alarms("A: Hello.\nC: سـقـطـت في الحمّام.").len(), 1);
}

#[test]
fn who_fell_is_the_person_named_last() {
    for (line, fell) in [
        ("I went to the market with my neighbour and fell.", true),
        ("My daughter came and I fell.", true),
        ("My neighbour came in and fell.", false),
        ("I heard that she fell.", false),
        ("Tetangga saya jatuh.", false),
        ("Tadi ke pasar sama tetangga terus saya jatuh.", true),
        ("Gisteren is mijn zus gevallen.", false),
        ("Toen mijn zus er was ben ik gevallen.", true),
    ] {
        assert_eq!(!alarms(&format!("A: Hello.\nC: {line}")).is_empty(), fell, "{line}");
    }
}

#[test]
fn after_a_no_a_new_clause_counts() {
    assert_eq!(alarms("A: Are you well?\nC: No, I fell on the stairs.").len(), 1);
    assert_eq!(alarms("A: Sehat, Bu?\nC: Tidak sakit, tapi saya jatuh kemarin.").len(), 1);
}

#[test]
fn a_flag_counts_when_it_says_yes_and_never_for_being_there() {
    let flagged = |name: &str, value: &Value| {
        let mut talk = material("Mum", "A: Hello.\nC: Hello dear, the stairs are steep.");
        collect(&mut talk, name, value, "The stairs worry me.");
        blocks(&render("en", talk), &BlockKind::Alarm)
    };
    for name in [
        "emergency_flag",
        "urgent",
        "flag_fall_risk",
        "flag_low_appetite",
        "flag_confused",
        "flag_lonely",
        "flag_cold_house",
    ] {
        for yes in [json!(true), json!("true"), json!("Yes"), json!(1)] {
            assert_eq!(flagged(name, &yes).len(), 1, "{name} {yes}");
        }
        for no in [json!(false), json!(null), json!("false"), json!("no"), json!(0), json!("")] {
            assert_eq!(flagged(name, &no), [], "{name} {no}");
        }
    }
    let alarm = flagged("flag_cold_house", &json!(true)).remove(0);
    assert_eq!(alarm.text, "The companion raised a flag: cold house.");
    assert_eq!(alarm.reason, "The companion noted: “The stairs worry me.”");
    assert_eq!(alarm.evidence, [1]);
}

#[test]
fn words_and_flag_of_one_kind_are_one_alarm() {
    let mut talk = material("Bu Sri", "A: Apa kabar?\nC: Saya jatuh di dapur.");
    collect(&mut talk, "flag_fall_risk", &json!(true), "Lantai licin.");
    let alarm = one(&render("id", talk), &BlockKind::Alarm);
    assert_eq!(alarm.text, "Bu Sri bercerita tentang jatuh atau risiko jatuh: “Saya jatuh di dapur.”");
    assert_eq!(alarm.reason, "Catatan pendamping: “Lantai licin.”");
}

#[test]
fn what_a_machine_says_is_nobodys() {
    let read =
        render("en", material("Mum", "A: Hi.\nC: I fell in love with this voicemail. Leave a message after the tone."));
    assert_eq!(read.blocks.len(), 1, "{read:#?}");
    assert!(read.blocks[0].text.starts_with("A voicemail answered"));
    // Whoever is in danger is heard, whatever else is said.
    let found = alarms("A: Hi.\nC: Leave a message after the tone. I fell and cannot get up!");
    assert_eq!(found.len(), 1);
}

#[test]
fn an_alarming_sentence_is_no_quote_worth_keeping() {
    let talk = "A: Hello.\nC: I love my garden and I want to die in it.\nC: The roses are out again.";
    let read = render("en", material("Mum", talk));
    assert_eq!(one(&read, &BlockKind::Quote).text, "The roses are out again.");
}

#[test]
fn what_only_the_agent_can_tell_is_an_alarm_by_its_note_and_is_named_to_each_reader() {
    for (flag, english, indonesian) in [
        ("flag_acute_illness", "a sudden illness", "sakit yang mendadak"),
        ("flag_danger_at_home", "a danger at home", "bahaya di rumah"),
        ("flag_mistreated", "being treated badly", "perlakuan buruk"),
        ("flag_fraud", "an attempted fraud", "upaya penipuan"),
        ("flag_medicine_error", "a mistake with medicines", "kesalahan minum obat"),
    ] {
        let mut talk = material("Mum", "A: Hello.\nC: There is such a smell in the kitchen since this morning.");
        collect(&mut talk, flag, &json!(true), "A smell in the kitchen.");
        for (language, what) in [("en", english), ("id", indonesian)] {
            let found = blocks(&render(language, talk.clone()), &BlockKind::Alarm);
            let [alarm] = &found[..] else { panic!("{flag}: {found:#?}") };
            assert!(alarm.text.contains(what), "{flag}: {}", alarm.text);
            assert_eq!(alarm.evidence, [1], "{flag}");
        }
        let mut calm = material("Mum", "A: Hello.\nC: All is well, dear.");
        collect(&mut calm, flag, &json!(false), "Nothing of the kind.");
        assert_eq!(blocks(&render("en", calm), &BlockKind::Alarm), [], "{flag}");
    }
}
