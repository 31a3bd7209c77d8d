//! Every sample of every page and letter, in every language: no missing word, no raw hostile text, nothing inline.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::letters::{self, Letter, each_letter};
use super::pages::{self, each_page};
use super::preview::frame;
use super::samples::NOW;
use super::{Locale, Page, Reader, Theme, ThemeError, strings, words};

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

fn theme() -> Theme {
    Theme::load().expect("the embedded theme")
}

/// Renders every sample, and every fragment of it, and gives the name and HTML of each to a check.
fn each_rendering(theme: &Theme, mut check: impl FnMut(&str, &str)) {
    for locale in Locale::ALL.iter().copied() {
        macro_rules! render {
            ($($page:ident)*) => {$(
                let template = <pages::$page as Page>::TEMPLATE;
                for (number, page) in <pages::$page as Page>::samples().iter().enumerate() {
                    let frame = frame(locale, template, number);
                    let name = format!("{template} {number} {locale}");
                    check(&name, &theme.render(&frame, page).unwrap_or_else(|error| panic!("{name}: {error:?}")));
                    for part in <pages::$page as Page>::FRAGMENTS {
                        let html = theme.fragment(&frame, page, part).unwrap_or_else(|error| panic!("{error:?}"));
                        assert!(!html.contains("<html"), "{name}: a fragment is a part of a page");
                        check(&name, &html);
                    }
                }
            )*};
        }
        each_page!(render);
    }
}

#[test]
fn every_page_renders_in_every_language_without_anything_inline() {
    let theme = theme();
    each_rendering(&theme, |name, html| {
        for banned in ["<style", " style=", "javascript:", " onclick", " onload", " onerror", "<script>"] {
            assert!(!html.contains(banned), "{name} has {banned}");
        }
        for script in html.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/assets/"), "{name} has an inline script");
        }
        for form in html.split("<form").skip(1) {
            let tag = form.split('>').next().unwrap_or_default();
            assert!(tag.contains("method=\"post\"") || tag.contains("action=\"/calls\""), "{name}: {tag}");
        }
        assert!(!html.contains("{{") && !html.contains("{%"), "{name} shows template source");
    });
}

#[test]
fn every_label_points_at_a_field_and_ids_are_unique() {
    let theme = theme();
    each_rendering(&theme, |name, html| {
        let attributes = |attribute: &str| -> Vec<String> {
            let pattern = format!(" {attribute}=\"");
            html.split(&pattern).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
        };
        let ids = attributes("id");
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{name} has an id twice: {ids:?}");
        for attribute in ["for", "aria-describedby", "aria-labelledby"] {
            for target in attributes(attribute).iter().flat_map(|value| value.split_whitespace()) {
                assert!(unique.iter().any(|id| *id == target), "{name}: {attribute} points at {target}");
            }
        }
    });
}

#[test]
fn no_text_of_a_page_reaches_the_html_raw() {
    let theme = theme();
    let mut checked = 0;
    macro_rules! attack {
        ($($page:ident)*) => {$(
            let template = <pages::$page as Page>::TEMPLATE;
            for (number, page) in <pages::$page as Page>::samples().iter().enumerate() {
                let mut frame = frame(Locale::En, template, number);
                frame.path.push_str(HOSTILE);
                if let Some(account) = &mut frame.account {
                    HOSTILE.clone_into(&mut account.name);
                }
                for hostile in poisoned(page) {
                    // A word of a closed set that is not in the set has no translation: it cannot be shown at all.
                    let Ok(html) = theme.paint_value(&frame, &format!("{template}.html"), &hostile) else { continue };
                    assert!(!html.contains("<script>alert") && !html.contains("<img"), "{template}: {hostile}");
                    checked += 1;
                }
            }
        )*};
    }
    each_page!(attack);
    assert!(checked > 300, "only {checked} fields were tried");
}

/// The value with hostile text in one string at a time.
fn poisoned(page: &impl Serialize) -> Vec<Value> {
    let value = serde_json::to_value(page).expect("a page serialises");
    let mut paths = Vec::new();
    strings_in(&value, String::new(), &mut paths);
    let poison = |path: &String| {
        let mut copy = value.clone();
        *copy.pointer_mut(path)? = Value::String(HOSTILE.to_owned());
        Some(copy)
    };
    paths.iter().filter_map(poison).collect()
}

fn strings_in(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::String(_) => paths.push(path),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| strings_in(item, format!("{path}/{index}"), paths));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| strings_in(field, format!("{path}/{name}"), paths));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn letters_are_written_in_every_language_and_escape_their_html_face() {
    let theme = theme();
    for locale in Locale::ALL.iter().copied() {
        let reader = Reader { locale, zone: "Europe/Amsterdam".to_owned(), now: NOW };
        macro_rules! write {
            ($($letter:ident)*) => {$(
                for letter in <letters::$letter as Letter>::samples() {
                    let written = theme.letter(&reader, &letter).unwrap_or_else(|error| panic!("{error:?}"));
                    assert!(!written.subject.is_empty() && !written.subject.contains(char::is_control));
                    assert!(!written.text.contains("&#39;"), "the text face is not HTML: {}", written.text);
                    assert!(!written.text.contains("\n\n\n"), "{}", written.text);
                    assert!(written.html.contains("</html>"));
                }
            )*};
        }
        each_letter!(write);
        let hostile = letters::ConfirmEmailLetter { name: HOSTILE.to_owned(), link: "https://x.example/".to_owned() };
        assert!(!theme.letter(&reader, &hostile).expect("a letter").html.contains("<script>"));
    }
}

#[test]
fn a_name_cannot_add_a_header_to_a_letter() {
    let reader = Reader { locale: Locale::En, zone: "UTC".to_owned(), now: NOW };
    let mut letter = letters::CallSummaryLetter::samples().remove(0);
    letter.callee_name = "Sari\r\nBcc: all@family.example".to_owned();
    let written = theme().letter(&reader, &letter).expect("a letter");
    assert!(!written.subject.contains(['\r', '\n']), "{}", written.subject);
}

#[test]
fn languages_have_the_same_messages_and_variables() {
    let messages = |locale: Locale| -> BTreeSet<(String, Vec<String>)> {
        let text: String = strings::sources(locale).into_iter().map(|(_, text)| text + "\n").collect();
        let mut messages = BTreeSet::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let Some((key, first)) = line.split_once(" =").filter(|(key, _)| !key.starts_with([' ', '#'])) else {
                continue;
            };
            let mut body = first.to_owned();
            while let Some(more) = lines.next_if(|next| next.starts_with([' ', '}'])) {
                body.push_str(more);
            }
            let mut variables: Vec<String> = body
                .split('$')
                .skip(1)
                .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
                .collect();
            variables.sort();
            variables.dedup();
            assert!(messages.insert((key.to_owned(), variables)), "{key} stands twice in {locale}");
        }
        messages
    };
    let english = messages(Locale::En);
    // A language without plurals may leave the number out.
    let plural = |key: &&(String, Vec<String>)| key.1 != ["count"];
    let indonesian = messages(Locale::Id);
    let missing: Vec<_> = english.symmetric_difference(&indonesian).filter(plural).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert_eq!(english.len(), indonesian.len());
    assert!(english.len() > 300);
}

#[test]
fn every_word_of_a_closed_set_has_its_message() {
    let theme = theme();
    let mut keys = words::all_keys();
    keys.extend(super::ErrorKind::ALL.iter().map(|kind| format!("problem-text-{}", kind.word())));
    keys.extend(super::CallMark::ALL.iter().map(|mark| format!("outcome-{}", mark.word())));
    keys.extend(super::COUNTRIES.iter().map(|country| format!("country-{}", country.code)));
    keys.extend((1..=5).map(|score| format!("mood-{score}")));
    keys.extend((1..=12).flat_map(|month| [format!("month-{month}"), format!("month-short-{month}")]));
    keys.extend((1..=7).flat_map(|day| [format!("weekday-{day}"), format!("weekday-short-{day}")]));
    let missing: Vec<&String> =
        keys.iter().filter(|key| Locale::ALL.iter().any(|locale| !theme.strings().has(*locale, key))).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_message_without_its_argument_is_an_error_and_not_a_gap() {
    let theme = theme();
    let error = theme.strings().get(Locale::En, "call-now", &[]).expect_err("the name is missing");
    assert!(matches!(error, ThemeError::Message { .. }));
    let error = theme.strings().get(Locale::Id, "no-such-message", &[]).expect_err("no such message");
    assert!(matches!(error, ThemeError::MissingMessage { .. }));
}

#[test]
fn a_page_gives_only_its_own_fragments() {
    let frame = frame(Locale::En, "monitor", 0);
    let page = pages::MonitorPage::samples().remove(0);
    let error = theme().fragment(&frame, &page, "overview").expect_err("not of the monitor");
    assert!(matches!(error, ThemeError::NoFragment { .. }));
}

#[test]
fn front_end_stays_small() {
    let theme = theme();
    let assets: usize = theme.assets.names().filter_map(|name| theme.asset(name)).map(|asset| asset.body.len()).sum();
    assert!(assets < 60_000, "{assets} bytes before compression");
}

#[test]
fn preview_writes_files_that_need_no_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let count = super::preview(&theme(), folder.path()).expect("a preview");
    let index = std::fs::read_to_string(folder.path().join("index.html")).expect("an index");
    assert_eq!(index.matches("<li>").count(), count);
    let page = std::fs::read_to_string(folder.path().join("landing-0.id.html")).expect("a page");
    assert!(page.contains("href=\"assets/app."));
}
