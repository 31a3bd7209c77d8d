//! The preview: every sample of every page and letter, in every language, as files that a browser opens without a
//! server. Whoever writes a theme looks at the result.

use std::path::Path;

use super::letters::each_letter;
use super::pages::each_page;
use super::samples::NOW;
use super::{AccountBadge, Flash, Frame, Locale, Reader, Theme, ThemeError};
use super::{Page, letters::Letter};
use super::{letters, pages};

/// Writes the preview of a theme into a folder, which is made if it is missing. Gives the number of pages written.
pub fn preview(theme: &Theme, folder: &Path) -> Result<usize, ThemeError> {
    let mut names = Vec::new();
    for name in theme.assets.names() {
        if let Some(asset) = theme.asset(name) {
            write(&folder.join("assets").join(name), &asset.body)?;
        }
    }
    for locale in Locale::ALL.iter().copied() {
        macro_rules! pages {
            ($($page:ident)*) => {$(
                for (number, page) in <pages::$page as Page>::samples().iter().enumerate() {
                    let name = format!("{}-{number}.{locale}.html", <pages::$page as Page>::TEMPLATE);
                    let frame = frame(locale, <pages::$page as Page>::TEMPLATE, number);
                    let html = theme.render(&frame, page)?.replace("\"/assets/", "\"assets/");
                    write(&folder.join(&name), html.as_bytes())?;
                    names.push(name);
                }
            )*};
        }
        each_page!(pages);
        macro_rules! letters {
            ($($letter:ident)*) => {$(
                for (number, letter) in <letters::$letter as Letter>::samples().iter().enumerate() {
                    let name = format!("mail-{}-{number}.{locale}.html", <letters::$letter as Letter>::TEMPLATE);
                    let reader = Reader { locale, zone: "Europe/Amsterdam".to_owned(), now: NOW };
                    write(&folder.join(&name), theme.letter(&reader, letter)?.html.as_bytes())?;
                    names.push(name);
                }
            )*};
        }
        each_letter!(letters);
    }
    let rows = names.iter().fold(String::new(), |rows, name| {
        rows + "<li><a href=\""
            + name
            + "\">"
            + name
            + "</a></li>
"
    });
    let index = format!(
        "<!doctype html>
<meta charset=\"utf-8\">
<title>Callpanion</title>
<ul>
{rows}</ul>
"
    );
    write(&folder.join("index.html"), index.as_bytes())?;
    Ok(names.len())
}

/// A frame as a page of this name would have it.
pub(super) fn frame(locale: Locale, template: &str, number: usize) -> Frame {
    let path = match template {
        "dashboard_phone" => "/dashboard/phone",
        "dashboard_app" => "/dashboard/app",
        "call" => "/calls/sample",
        "callee" | "schedule" | "devices" => "/callees/sample",
        "monitor" => "/monitor",
        "calls" => "/calls",
        "insights" => "/insights",
        "alerts" => "/alerts",
        "notices" => "/notices",
        "staff" => "/staff",
        _ => "/",
    };
    let mut frame = Frame::visitor(locale, path, NOW);
    "Europe/Amsterdam".clone_into(&mut frame.zone);
    let onboarding = template.starts_with("onboarding");
    if path != "/" || onboarding {
        frame.account =
            Some(AccountBadge { name: "Dewi Lestari".to_owned(), staff: template == "staff", family: !onboarding });
        frame.open_alerts = 2;
    }
    frame.demo = template == "monitor";
    frame.flash = (number == 1).then_some(Flash::Saved);
    frame
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ThemeError> {
    let fail = |source| ThemeError::Preview { path: path.display().to_string(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    std::fs::write(path, bytes).map_err(fail)
}
