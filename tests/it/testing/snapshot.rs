//! What goes into a snapshot: what a person reads, without what differs from run to run.

use regex::Regex;

/// The text of a page's main part, a line for each block, with ids and the port taken out.
pub fn readable(html: &str) -> String {
    let main = html.split_once("<main").map_or(html, |(_, rest)| rest.split_once('>').map_or("", |(_, rest)| rest));
    let main = main.split("</main>").next().unwrap_or_default();
    let main =
        Regex::new(r"(?s)<(script|style|select|svg)\b.*?</(script|style|select|svg)>").unwrap().replace_all(main, "");
    let inline = Regex::new(r"</?(a|b|abbr|code|em|span|strong|time|label|summary)\b[^>]*>").unwrap();
    let text = inline.replace_all(&main, "");
    let text = Regex::new(r"<[^>]*>").unwrap().replace_all(&text, "\n");
    let lines = text.lines().map(|line| unescape(line).split_whitespace().collect::<Vec<_>>().join(" "));
    stable(&lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// Takes out ids, secrets of links and the port of the host.
pub fn stable(text: &str) -> String {
    let text = Regex::new(r"http://127\.0\.0\.1:\d+").unwrap().replace_all(text, "[host]");
    let text =
        Regex::new(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap().replace_all(&text, "[id]");
    // The last digits of a number differ from test to test.
    let text = Regex::new(r"•\d{3}\b").unwrap().replace_all(&text, "•[digits]");
    // So does the number of an invented account.
    let text = Regex::new(r"Rosalind Achterberg \d+").unwrap().replace_all(&text, "Rosalind Achterberg [number]");
    Regex::new(r"/(confirm|reset|enter|setup|off)/[\w-]{20,}").unwrap().replace_all(&text, "/$1/[secret]").into_owned()
}

pub(super) fn unescape(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2F;", "/"), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}
