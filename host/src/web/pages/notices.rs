//! What one of a family is told of: their letters, and the link in each with which they end one wish.

use http::StatusCode;

use super::form::{self, Form};
use super::frame::{Answer, Asked};
use crate::domain::{FamilyId, Locale, NoticeEvent, QuietHours};
use crate::services::ServiceError;
use crate::services::browser_notices::browsers::{self, Browser};
use crate::services::notices::links::{self, LinkedWish};
use crate::services::notices::wishes::{self, EventWish, FamilyWishes, NewWishes};
use crate::services::texting::numbers::{self, Standing};
use crate::services::web_push_key;
use crate::theme::{
    BrowserLine, BrowsersCard, Field, Flash, Language, NoticeOffPage, NoticeTick, NoticesCard, NoticesPage, OffState,
    TextTick, TextsCard, TextsStanding,
};

/// What is proposed to somebody who has no quiet hours.
const PROPOSED: (&str, &str) = ("22:00", "07:00");

/// `GET /notices`
pub(super) async fn show(asked: Asked) -> Answer {
    asked.show(&stored_page(&asked).await?).await
}

/// `POST /notices`: sends what [`NoticesPage`] says.
pub(super) async fn save(asked: Asked) -> Answer {
    let mut page = stored_page(&asked).await?;
    let Err(error) = wishes::save(&asked.app, asked.account()?, typed(&asked.form, &page)).await else {
        return Ok(asked.go_saying("/notices", Flash::Saved));
    };
    let (field, code) = form::refused(error)?;
    fill_in(&mut page, &asked.form);
    let blamed = match field {
        "locale" => &mut page.locale,
        "quiet_from" => &mut page.quiet_from,
        _ => &mut page.quiet_until,
    };
    blamed.error = Some(code);
    asked.show_refused(&page).await
}

/// The page as everything is stored.
async fn stored_page(asked: &Asked) -> Result<NoticesPage, ServiceError> {
    let account = &asked.signed_in()?.account;
    let wishes = wishes::of(&asked.app, account.id).await?;
    let proposed = || (PROPOSED.0.to_owned(), PROPOSED.1.to_owned());
    let (from, until) = wishes.quiet.map_or_else(proposed, QuietHours::texts);
    Ok(NoticesPage {
        email: account.email.clone(),
        zone: account.zone.clone(),
        families: wishes.families.into_iter().map(card).collect(),
        locale: Field::of(wishes.locale.map_or("", Locale::as_str)),
        languages: Language::of_letters(),
        quiet: wishes.quiet.is_some(),
        quiet_from: Field::of(from),
        quiet_until: Field::of(until),
        worries_wake: wishes.worries_wake,
        texts: texts(asked).await?,
        browsers: browsers(asked).await?,
    })
}

fn card(wishes: FamilyWishes) -> NoticesCard {
    let ticks = wishes.events.iter().map(|wish| {
        let EventWish { event, told, must, texted, pushed } = *wish;
        let [texted, pushed] = [texted, pushed].map(|wish| wish.map(|chosen| TextTick { chosen }));
        NoticeTick { event, told, must, texted, pushed }
    });
    NoticesCard {
        id: wishes.family,
        name: wishes.name,
        is_first: wishes.events.iter().any(|wish| wish.must),
        events: ticks.collect(),
    }
}

/// What was typed, for the service.
fn typed(form: &Form, page: &NoticesPage) -> NewWishes {
    let (mut wanted, mut texted, mut pushed) = (Vec::new(), Vec::new(), Vec::new());
    for card in &page.families {
        for event in card.events.iter().map(|tick| tick.event) {
            let one = (card.id, event);
            wanted.extend(form.is_yes(&name(card.id, event)).then_some(one));
            texted.extend(form.is_yes(&text_name(card.id, event)).then_some(one));
            pushed.extend(form.is_yes(&push_name(card.id, event)).then_some(one));
        }
    }
    NewWishes {
        locale: form.get("locale").to_owned(),
        quiet: form.is_yes("quiet").then(|| (form.get("quiet_from").to_owned(), form.get("quiet_until").to_owned())),
        worries_wake: form.is_yes("worries_wake"),
        wanted,
        texted,
        pushed,
    }
}

/// What was typed, for the page that shows it again. A tick that cannot be changed is not sent.
fn fill_in(page: &mut NoticesPage, form: &Form) {
    for card in &mut page.families {
        for tick in &mut card.events {
            if !tick.must {
                tick.told = form.is_yes(&name(card.id, tick.event));
            }
            let chosen = form.is_yes(&text_name(card.id, tick.event));
            tick.texted = tick.texted.map(|_| TextTick { chosen });
            let chosen = form.is_yes(&push_name(card.id, tick.event));
            tick.pushed = tick.pushed.map(|_| TextTick { chosen });
        }
    }
    page.locale = Field::of(form.get("locale"));
    page.quiet = form.is_yes("quiet");
    page.quiet_from = Field::of(form.get("quiet_from"));
    page.quiet_until = Field::of(form.get("quiet_until"));
    page.worries_wake = form.is_yes("worries_wake");
}

/// The name of the tick of an event.
fn name(family: FamilyId, event: NoticeEvent) -> String {
    format!("{family}_{event}")
}

/// The same for a text message beside the letter.
fn text_name(family: FamilyId, event: NoticeEvent) -> String {
    format!("{family}_{event}_sms")
}

/// The same for a notice in their browsers.
fn push_name(family: FamilyId, event: NoticeEvent) -> String {
    format!("{family}_{event}_push")
}

/// In which browsers they are told; none where the installation tells nobody so.
async fn browsers(asked: &Asked) -> Result<Option<BrowsersCard>, ServiceError> {
    if !browsers::are_told(&asked.app) {
        return Ok(None);
    }
    let known = browsers::of(&asked.app, asked.account()?).await?;
    let line = |one: Browser| BrowserLine { id: one.id, since: one.made_at, is_gone: one.is_gone };
    Ok(Some(BrowsersCard {
        key: web_push_key::public_key(&asked.app)?.to_owned(),
        browsers: known.into_iter().map(line).collect(),
        subscription: Field::default(),
    }))
}

/// `POST /notices/browsers`: what this browser's push service gave it.
pub(super) async fn add_browser(asked: Asked) -> Answer {
    let Err(error) = browsers::add(&asked.app, asked.account()?, asked.form.get("subscription")).await else {
        return Ok(asked.go_saying("/notices", Flash::Saved));
    };
    let (_, code) = form::refused(error)?;
    let mut page = stored_page(&asked).await?;
    if let Some(browsers) = &mut page.browsers {
        // What was sent is never repeated: whoever has it can write to the browser.
        browsers.subscription = Field::wrong("", code);
    }
    asked.at("/notices".to_owned()).show_refused(&page).await
}

/// `POST /notices/browsers/remove`: no notices in that browser any more.
pub(super) async fn remove_browser(asked: Asked) -> Answer {
    let account = asked.account()?;
    let browser = asked.form.get("browser").parse().map_err(|_| ServiceError::NotFound)?;
    browsers::remove(&asked.app, account, browser).await?;
    Ok(asked.go_saying("/notices", Flash::Saved))
}

/// Where text messages go; none where the installation sends none.
async fn texts(asked: &Asked) -> Result<Option<TextsCard>, ServiceError> {
    if !numbers::are_sent(&asked.app) {
        return Ok(None);
    }
    let known = numbers::of(&asked.app, asked.account()?).await?;
    let standing = known.as_ref().map_or(TextsStanding::Missing, |known| match known.standing {
        Standing::Asked => TextsStanding::Asked,
        Standing::NotReached => TextsStanding::NotReached,
        Standing::Proven => TextsStanding::Proven,
        Standing::Gone => TextsStanding::Gone,
    });
    let number = known.map_or_else(String::new, |known| known.number);
    Ok(Some(TextsCard { number, standing, phone: Field::default(), code: Field::default() }))
}

/// `POST /notices/number`: sends a code to a number.
pub(super) async fn ask_number(asked: Asked) -> Answer {
    let Err(error) = numbers::ask(&asked.app, asked.account()?, asked.form.get("phone")).await else {
        return Ok(asked.go("/notices"));
    };
    let (_, code) = form::refused(error)?;
    let mut page = stored_page(&asked).await?;
    if let Some(texts) = &mut page.texts {
        texts.phone = Field::wrong(asked.form.get("phone"), code);
    }
    asked.at("/notices".to_owned()).show_refused(&page).await
}

/// `POST /notices/number/prove`: the code that was sent to it.
pub(super) async fn prove_number(asked: Asked) -> Answer {
    let Err(error) = numbers::prove(&asked.app, asked.account()?, asked.form.get("code")).await else {
        return Ok(asked.go_saying("/notices", Flash::Saved));
    };
    let (_, code) = form::refused(error)?;
    let mut page = stored_page(&asked).await?;
    if let Some(texts) = &mut page.texts {
        texts.code = Field::wrong("", code);
    }
    asked.at("/notices".to_owned()).show_refused(&page).await
}

/// `POST /notices/number/remove`: no text messages any more.
pub(super) async fn remove_number(asked: Asked) -> Answer {
    numbers::remove(&asked.app, asked.account()?).await?;
    Ok(asked.go_saying("/notices", Flash::Saved))
}

/// `GET /notices/off/{token}`: asks for a press of the button. Programs that read mail follow links.
pub(super) async fn show_off(asked: Asked) -> Answer {
    let wish = links::show(&asked.app, asked.token()).await?;
    asked.show(&off_page(&asked, wish)).await
}

/// `POST /notices/off/{token}`, by the button of the page or by a mail program. That sends `List-Unsubscribe=One-Click`
/// in one of two encodings, and must not be redirected (RFC 8058, 3): so the answer is the page itself, and nothing is
/// asked for but the secret of the link.
pub(super) async fn off(asked: Asked) -> Answer {
    let wish = links::end(&asked.app, asked.token()).await?;
    let status = if wish.must { StatusCode::CONFLICT } else { StatusCode::OK };
    asked.show_as(status, &off_page(&asked, wish)).await
}

fn off_page(asked: &Asked, wish: LinkedWish) -> NoticeOffPage {
    let state = match (wish.must, wish.told) {
        (true, _) => OffState::Must,
        (false, true) => OffState::Asked,
        (false, false) => OffState::Done,
    };
    NoticeOffPage { token: asked.token().to_owned(), event: wish.event, family_name: wish.family_name, state }
}
