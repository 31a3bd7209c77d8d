//! Tests: parts of a summary here, `alarms` for what a person must look at, `statements` for how often that is right,
//! `talks` for whole summaries, `weeks` for whole digests, `tables` for how the words are written down.

mod alarms;
mod statements;
mod tables;
mod talks;
mod weeks;

use callpanion_plugin_api::Ctx;
use callpanion_plugin_api::renderer::{Block, BlockKind, Collected, Material, Renderer, Rendering, Speaker, Turn};
use callpanion_plugin_api::testing::context;
use serde_json::{Value, json};

use super::FamilySummary;

/// A talk: each line begins with `A:` for the agent or `C:` for the callee.
fn material(name: &str, talk: &str) -> Material {
    let turn = |(i, line): (u32, &str)| {
        let (who, text) = line.trim().split_once(": ").unwrap_or(("C", line));
        Turn { speaker: if who == "A" { Speaker::Agent } else { Speaker::Callee }, text: text.to_owned(), at_s: i * 6 }
    };
    Material {
        callee_name: name.to_owned(),
        language: "en".to_owned(),
        turns: (0..).zip(talk.trim().lines()).map(turn).collect(),
        provider_summary: None,
        collected: Vec::new(),
        duration_s: 47,
        extra: Vec::new(),
    }
}

fn collect(material: &mut Material, name: &str, value: &Value, rationale: &str) {
    material.collected.push(Collected {
        name: name.to_owned(),
        value: value.to_string(),
        rationale: rationale.to_owned(),
    });
}

fn render(locale: &str, material: Material) -> Rendering {
    let mut context = context(&json!({}));
    context.locale = locale.to_owned();
    FamilySummary::render(&Ctx::new(context, Vec::new()), material)
}

fn blocks(rendering: &Rendering, kind: &BlockKind) -> Vec<Block> {
    rendering.blocks.iter().filter(|b| b.kind == *kind).cloned().collect()
}

fn one(rendering: &Rendering, kind: &BlockKind) -> Block {
    let mut found = blocks(rendering, kind);
    assert_eq!(found.len(), 1, "{kind:?} in {rendering:#?}");
    found.remove(0)
}

const HARRIS: &str = "
    A: Good morning Mr. Harris, this is the care assistant calling for your daughter Emily.
    C: Oh, hello. Yes, go ahead, I'm just having my tea.
    A: Lovely. How did you sleep last night?
    C: Not too well. I got up three or four times, and I felt a bit dizzy this morning.
    A: I'm sorry to hear that. Did you have a fall, or was it only dizziness?
    C: No fall. Only dizzy. It's gone now.
    A: Thank you. I'll let Emily know.";

const JOKO: &str = "
    A: Halo Pak Joko, selamat sore. Bapak sedang apa?
    C: Iya, halo. Lagi nonton TV saja.
    A: Wah, enak. Obat darah tingginya sudah diminum, Pak?
    C: Waduh, lupa. Nanti habis magrib saya minum.
    A: Baik Pak, jangan lupa ya. Saya kabari Rina.
    C: Bilang Rina bapak senang ditelepon cucu kemarin.";

#[test]
fn an_english_talk_for_an_english_reader() {
    let mut talk = material("Mr. Harris", HARRIS);
    talk.provider_summary = Some("Mr. Harris slept badly and felt dizzy in the morning. He did not fall.".to_owned());
    collect(&mut talk, "mood", &json!("neutral"), "Tired but calm.");
    collect(&mut talk, "meals_today", &json!(null), "Not discussed.");
    let read = render("en", talk);

    let headline = one(&read, &BlockKind::Headline);
    assert_eq!(headline.text, "Mr. Harris slept badly and felt dizzy in the morning.");
    assert_eq!(headline.evidence, [3]);
    assert_eq!(read.mood_score, Some(3));
    let mood = one(&read, &BlockKind::Mood);
    assert_eq!(mood.text, "Mr. Harris seemed neither low nor cheerful.");
    assert_eq!(mood.reason, "The companion noted: “Tired but calm.”");
    let sleep = one(&read, &BlockKind::Sleep);
    assert!(sleep.text.contains("“Not too well. I got up three or four times"), "{}", sleep.text);
    assert_eq!(sleep.evidence, [2, 3]);
    let health = one(&read, &BlockKind::Health);
    assert!(health.evidence.contains(&3) && health.evidence.contains(&5));
    assert_eq!(one(&read, &BlockKind::Meals).evidence, [1]);
    assert_eq!(blocks(&read, &BlockKind::Alarm), []);
}

#[test]
fn an_indonesian_talk_for_either_reader() {
    let read = render("id", material("Pak Joko", JOKO));
    let medicine = one(&read, &BlockKind::Medicine);
    assert_eq!(medicine.text, "Pak Joko bercerita tentang obat: “Waduh, lupa. Nanti habis magrib saya minum.”");
    assert_eq!(medicine.evidence, [2, 3]);
    assert_eq!(one(&read, &BlockKind::FollowUp).evidence, [3]);
    assert_eq!(one(&read, &BlockKind::Request).evidence, [5]);
    let quote = one(&read, &BlockKind::Quote);
    assert_eq!(quote.text, "Bilang Rina bapak senang ditelepon cucu kemarin.");
    let headline = one(&read, &BlockKind::Headline);
    assert!(headline.text.starts_with("Pak Joko mengobrol selama 47 detik, tentang"));

    // The same for a daughter who reads English: our words change, his do not.
    let mut talk = material("Pak Joko", JOKO);
    talk.provider_summary = Some("Pak Joko sedang menonton TV. Ia lupa minum obat darah tinggi.".to_owned());
    let read = render("en-GB", talk);
    let headline = one(&read, &BlockKind::Headline);
    assert_eq!(headline.text, "Pak Joko talked for 47 seconds, about health and medicine.");
    assert_eq!(headline.evidence, [1, 3, 5]);
    assert_eq!(
        one(&read, &BlockKind::Medicine).text,
        "Pak Joko spoke about medicine: “Waduh, lupa. Nanti habis magrib saya minum.”"
    );
    assert_eq!(one(&read, &BlockKind::Quote).text, quote.text);
}

#[test]
fn an_unknown_locale_is_answered_in_english() {
    let read = render("fr", material("Pak Joko", JOKO));
    assert!(one(&read, &BlockKind::Headline).text.contains("talked for"));
}

#[test]
fn the_agents_own_line_is_the_headline() {
    let mut talk = material("Mr. Harris", HARRIS);
    talk.provider_summary = Some("Something longer.".to_owned());
    collect(&mut talk, "highlight_one_line", &json!("He was dizzy, and is well again."), "");
    assert_eq!(one(&render("en", talk), &BlockKind::Headline).text, "He was dizzy, and is well again.");
}

#[test]
fn a_line_in_the_first_person_is_shown_as_the_callees_or_not_at_all() {
    let headline = |line: &str| {
        let mut talk = material("Mr. Harris", HARRIS);
        collect(&mut talk, "highlight_one_line", &json!(line), "");
        one(&render("en", talk), &BlockKind::Headline).text
    };
    assert_eq!(headline("I felt a bit dizzy this morning."), "Mr. Harris said: “I felt a bit dizzy this morning.”");
    assert_eq!(headline("My dizzy morning is over."), "Mr. Harris said: “My dizzy morning is over.”");
    assert!(headline("I adore purple elephants.").starts_with("Mr. Harris talked for 47 seconds, about"));
}

#[test]
fn a_headline_hides_no_alarm() {
    let headline = |line: &str| {
        let mut talk = material("Mum", "A: Hello.\nC: I fell on the stairs, and I'm so lonely.");
        collect(&mut talk, "highlight_one_line", &json!(line), "");
        talk.provider_summary = Some("She likes the new stairs. She fell, and she is lonely.".to_owned());
        one(&render("en", talk), &BlockKind::Headline).text
    };
    let told = "She fell, and she is lonely.";
    assert_eq!(headline("She likes the new stairs."), told);
    assert_eq!(headline("She fell on the stairs."), told, "of two alarms it tells one");
    assert_eq!(headline("She did not fall, and is lonely."), told, "what is denied is not told");
    assert_eq!(headline("A fall, and a lonely evening."), "A fall, and a lonely evening.");
}

#[test]
fn a_score_may_be_a_number_or_a_text() {
    for (value, score) in [
        (json!(4), Some(4)),
        (json!("4"), Some(4)),
        (json!("2/5"), Some(2)),
        (json!(3.6), Some(4)),
        (json!("distressed"), Some(1)),
        (json!(9), None),
        (json!("unknown"), None),
        (json!(null), None),
        (json!({"value": 4}), None),
    ] {
        let mut talk = material("Bu Sri", "A: Halo.\nC: Halo.");
        collect(&mut talk, "mood_score", &value, "");
        let read = render("id", talk);
        assert_eq!(read.mood_score, score, "{value}");
        // Never one bare word: there is always a reason beside it.
        for mood in blocks(&read, &BlockKind::Mood) {
            assert!(!mood.reason.is_empty());
        }
    }
}

#[test]
fn without_a_score_the_callees_words_tell_the_mood() {
    let mood = |line: &str| render("en", material("Mum", &format!("A: Hello.\nC: {line}"))).mood_score;
    assert_eq!(mood("I am so happy, my grandson came."), Some(4));
    assert_eq!(mood("Saya sedih, dan bosan."), Some(2));
    assert_eq!(mood("It is not good at all."), Some(2));
    assert_eq!(mood("I had tea."), None);
}

#[test]
fn notes_of_the_agent_are_marked_as_notes() {
    let mut talk = material("Mum", "A: Hello.\nC: My knee hurts when I walk to church.");
    collect(&mut talk, "sleep_quality", &json!("poor"), "Woke up often.");
    collect(&mut talk, "pain_reported", &json!(true), "Knee pain.");
    collect(&mut talk, "social_contact", &json!(null), "");
    let read = render("en", talk);
    let sleep = one(&read, &BlockKind::Sleep);
    assert_eq!(sleep.text, "The companion noted about sleep: “poor”");
    assert_eq!(sleep.evidence, [] as [u32; 0], "nothing in the talk says so");
    let health = one(&read, &BlockKind::Health);
    assert_eq!(health.reason, "The companion noted: “Knee pain.”");
    assert_eq!(health.evidence, [1]);
    assert_eq!(blocks(&read, &BlockKind::Company), []);
    assert_eq!(one(&read, &BlockKind::Topic).evidence, [1]);
}

#[test]
fn a_silent_talk_says_so() {
    let mut talk = material("Mr. Harris", "A: Good morning Mr. Harris.");
    talk.duration_s = 3;
    let read = render("en", talk);
    assert_eq!(read.blocks.len(), 1);
    assert!(read.blocks[0].text.contains("no word from Mr. Harris was understood"));
    assert_eq!(read.blocks[0].evidence, [0], "nobody answered to it");

    let nobody = render("id", material("", ""));
    assert!(nobody.blocks[0].text.contains("ucapan orang tua Anda yang"));
}

#[test]
fn every_statement_rests_on_turns_that_exist() {
    for talk in [HARRIS, JOKO] {
        let talk = material("X", talk);
        let turns = u32::try_from(talk.turns.len()).unwrap_or(0);
        for block in render("en", talk).blocks {
            assert!(block.evidence.iter().all(|turn| *turn < turns), "{block:?}");
            assert!(block.evidence.is_sorted());
        }
    }
}

#[test]
fn nothing_that_turns_or_breaks_text_is_passed_on() {
    let mut talk = material("Mum\u{202e}", "A: Hello.\nC: My knee\u{7} hurts, my \u{2066}son is very good to me.");
    collect(&mut talk, "flag_\u{202e}", &json!(true), "She \u{1b}[2J said so.");
    collect(&mut talk, "sleep_quality", &json!("bad\u{0}"), "");
    let read = render("en", talk);
    assert_eq!(
        one(&read, &BlockKind::Alarm).text,
        "The companion raised a flag: something without a name.",
        "the flag counts, whatever it is called"
    );
    assert_eq!(
        one(&read, &BlockKind::Health).text,
        "Mum spoke about health: “My knee hurts, my son is very good to me.”"
    );
    let odd = |text: &str| text.chars().any(|c| c.is_control() || matches!(c, '\u{202e}' | '\u{2066}'));
    assert!(!read.blocks.iter().any(|block| odd(&block.text) || odd(&block.reason)), "{read:#?}");
}

#[test]
fn the_longest_talk_gives_no_more_than_the_host_takes() {
    let lines = "A: Did you fall?\nC: Yes, I fell, and my knee hurts.\n".repeat(200);
    let read = render("en", material("Mum", &lines));
    assert_eq!(one(&read, &BlockKind::Alarm).evidence, (0..50).map(|answer| 2 * answer + 1).collect::<Vec<_>>());
    assert!(read.blocks.iter().all(|block| block.evidence.len() <= 50));
}

#[test]
fn odd_text_is_only_text() {
    let long = format!("C: I am happy {}", "very ".repeat(500));
    for line in ["C: ", "C: ...", "C: <script>alert(1)</script> I love you all.", "C: 🙂", long.as_str()] {
        let read = render("en", material("<b>Mum</b>", line));
        assert_eq!(read.blocks[0].kind, BlockKind::Headline, "{line}");
    }
}
