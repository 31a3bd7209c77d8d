//! `{{name}}`: makes a headline and a few quotes from a talk.

use std::cmp::Reverse;

use callpanion_plugin_api::Ctx;
use callpanion_plugin_api::renderer::{Block, BlockKind, Material, Renderer, Rendering, Speaker};
use serde::Deserialize;

/// Shorter is no quote but a yes.
const QUOTE_MIN_CHARS: usize = 20;
const QUOTE_MAX_CHARS: usize = 300;

/// The plugin.
pub struct Plugin;

/// The settings, as `plugin.toml` describes them. The host has filled in the defaults.
#[derive(Deserialize)]
struct Settings {
    quotes_max: usize,
}

impl Renderer for Plugin {
    /// Renders in the language of `ctx.locale()`. Every block names the turns that it rests on.
    fn render(ctx: &Ctx, material: Material) -> Rendering {
        let quotes_max = ctx.settings::<Settings>().map_or(0, |settings| settings.quotes_max);
        let said: Vec<(u32, &str)> = (0..)
            .zip(&material.turns)
            .filter(|(_, turn)| turn.speaker == Speaker::Callee)
            .map(|(index, turn)| (index, turn.text.trim()))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let evidence = said.iter().take(1).map(|(index, _)| *index).collect();
        let headline = Block::new(BlockKind::Headline, headline(ctx.locale(), &material, !said.is_empty()), evidence);
        let quotes = longest(said, quotes_max).into_iter().map(|(index, text)| quote(index, text));
        Rendering { mood_score: None, blocks: std::iter::once(headline).chain(quotes).collect() }
    }
}

/// What the headline says, by language; the locale's first part chooses.
fn headline(locale: &str, material: &Material, has_talked: bool) -> String {
    let name = &material.callee_name;
    let minutes = ((material.duration_s + 30) / 60).max(1);
    match (locale.split(['-', '_']).next(), has_talked) {
        (Some("id"), true) => format!("{name} mengobrol {minutes} menit"),
        (Some("id"), false) => format!("{name} tidak berbicara"),
        (_, true) => format!("{name} talked for {minutes} min"),
        (_, false) => format!("{name} said nothing"),
    }
}

/// The longest of what was said, in the order of the talk.
fn longest(mut said: Vec<(u32, &str)>, most: usize) -> Vec<(u32, &str)> {
    said.retain(|(_, text)| text.chars().count() >= QUOTE_MIN_CHARS);
    said.sort_by_key(|(index, text)| (Reverse(text.chars().count()), *index));
    said.truncate(most);
    said.sort_unstable();
    said
}

/// The callee's own words: nothing is added, and what is cut off shows.
fn quote(index: u32, text: &str) -> Block {
    let shown = match text.char_indices().nth(QUOTE_MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    Block::new(BlockKind::Quote, shown, vec![index])
}

callpanion_plugin_api::renderer!(Plugin);

#[cfg(test)]
mod tests {
    use callpanion_plugin_api::testing::{context, material};
    use serde_json::json;

    use super::*;

    const TURNS: [(Speaker, &str); 6] = [
        (Speaker::Agent, "Good morning! How did you sleep?"),
        (Speaker::Callee, "Very well, thank you, and the knee is better."),
        (Speaker::Agent, "What did you have for breakfast?"),
        (Speaker::Callee, "Rice."),
        (Speaker::Callee, "Ani comes on Sunday with the children, I look forward to that."),
        (Speaker::Callee, "The neighbour brought mangoes."),
    ];

    fn rendered(turns: &[(Speaker, &str)], locale: &str) -> Vec<Block> {
        let mut context = context(&json!({"quotes_max": 2}));
        context.locale = locale.to_owned();
        Plugin::render(&Ctx::new(context, Vec::new()), material(turns)).blocks
    }

    #[test]
    fn the_longest_of_what_was_said_is_quoted_in_the_order_of_the_talk() {
        let blocks = rendered(&TURNS, "en");
        let quotes: Vec<_> = blocks[1..].iter().map(|block| (block.evidence.as_slice(), block.text.as_str())).collect();
        assert_eq!(quotes, [(&[1][..], TURNS[1].1), (&[4][..], TURNS[4].1)]);
    }

    #[test]
    fn the_headline_comes_first_in_the_readers_language_and_rests_on_the_talk() {
        assert_eq!(rendered(&TURNS, "en")[0].text, "Anna talked for 3 min");
        assert_eq!(rendered(&TURNS, "id-ID")[0].text, "Anna mengobrol 3 menit");
        assert_eq!(rendered(&TURNS, "fr")[0].text, "Anna talked for 3 min");
        assert_eq!(rendered(&TURNS, "en")[0].evidence, [1]);
    }

    #[test]
    fn a_talk_in_which_the_callee_said_nothing_has_a_headline_and_no_quote() {
        let blocks = rendered(&TURNS[..1], "en");
        assert_eq!((blocks.len(), blocks[0].text.as_str()), (1, "Anna said nothing"));
    }

    #[test]
    fn a_long_quote_is_cut_and_shows_it() {
        let quote = &rendered(&[(Speaker::Callee, &"é".repeat(400))], "en")[1];
        assert_eq!(quote.text.chars().count(), 301);
        assert!(quote.text.ends_with('…'));
    }
}
