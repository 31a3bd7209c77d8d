//! The people of a family: who is told first when something is wrong.

use super::frame::{Answer, Asked};
use crate::services::contacts::{self, Circle};
use crate::theme::{Flash, PeopleCard, PeoplePage, PersonLine, QuietLine};

/// `GET /people`
pub(super) async fn show(asked: Asked) -> Answer {
    let circles = contacts::list(&asked.app, asked.account()?).await?;
    let page = PeoplePage {
        after_minutes: contacts::next_after_minutes(&asked.app),
        families: circles.into_iter().map(card).collect(),
    };
    asked.show(&page).await
}

/// `POST /people/{id}/{account}/up`
pub(super) async fn up(asked: Asked) -> Answer {
    contacts::move_up(&asked.app, asked.account()?, asked.id()?, asked.id_named("account")?).await?;
    Ok(asked.go_saying("/people", Flash::Saved))
}

fn card(circle: Circle) -> PeopleCard {
    let people = circle.contacts.into_iter().map(|contact| PersonLine {
        account: contact.account,
        name: contact.name,
        email: contact.email,
        role: contact.role,
        told_of: contact.told_of,
        locale: contact.locale,
        quiet: contact.quiet.map(|quiet| {
            let (from, until) = quiet.texts();
            QuietLine { from, until, zone: contact.zone }
        }),
    });
    PeopleCard { id: circle.family, name: circle.name, may_edit: circle.role.may_edit(), people: people.collect() }
}
