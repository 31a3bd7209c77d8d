//! What one of a family is told of: their letters, and the link in each with which they end one wish.

use http::StatusCode;

use super::frame::{Answer, Asked};
use crate::services::notices::links::{self, LinkedWish};
use crate::theme::{NoticeOffPage, OffState};

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
