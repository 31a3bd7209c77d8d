//! The people of a family: who is told first.

use serde::Serialize;
use uuid::Uuid;

use super::super::{Locale, Page};
use crate::domain::{AccountId, FamilyId, NoticeEvent, Role};

/// `/people`. POST `/people/{family}/{account}/up` sends no field.
#[derive(Clone, Debug, Serialize)]
pub struct PeoplePage {
    /// How long it takes until the next one is told, in minutes.
    pub after_minutes: u32,
    /// The reader's families.
    pub families: Vec<PeopleCard>,
}

/// A family and its people.
#[derive(Clone, Debug, Serialize)]
pub struct PeopleCard {
    /// The family.
    pub id: FamilyId,
    /// Its name.
    pub name: String,
    /// Whether the reader may change the order.
    pub may_edit: bool,
    /// Who is told first first.
    pub people: Vec<PersonLine>,
}

/// Somebody of a family.
#[derive(Clone, Debug, Serialize)]
pub struct PersonLine {
    /// Their account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// Where they are told.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// What they are told of.
    pub told_of: Vec<NoticeEvent>,
    /// In which language.
    pub locale: Locale,
    /// Their quiet hours, if they have some.
    pub quiet: Option<QuietLine>,
}

/// Somebody's quiet hours.
#[derive(Clone, Debug, Serialize)]
pub struct QuietLine {
    /// When they begin, `HH:MM`.
    pub from: String,
    /// When they end, `HH:MM`.
    pub until: String,
    /// On the clock of this IANA zone.
    pub zone: String,
}

impl Page for PeoplePage {
    const TEMPLATE: &'static str = "people";

    fn samples() -> Vec<Self> {
        let person = |number, name: &str, email: &str, role| PersonLine {
            account: AccountId(Uuid::from_u128(number)),
            name: name.to_owned(),
            email: email.to_owned(),
            role,
            told_of: NoticeEvent::ALL.to_vec(),
            locale: Locale::En,
            quiet: None,
        };
        let dewi = person(1, "Dewi Lestari", "dewi@family.example", Role::Owner);
        let budi = PersonLine {
            told_of: vec![NoticeEvent::Worrying],
            locale: Locale::Id,
            quiet: Some(QuietLine { from: "22:00".into(), until: "07:00".into(), zone: "Asia/Jakarta".into() }),
            ..person(2, "Budi Lestari", "budi@family.example", Role::Member)
        };
        let wati = PersonLine { told_of: Vec::new(), ..person(3, "Wati Lestari", "wati@family.example", Role::Viewer) };
        let of = |may_edit, people| Self {
            after_minutes: 15,
            families: vec![PeopleCard {
                id: FamilyId(Uuid::from_u128(1)),
                name: "The Lestari family".to_owned(),
                may_edit,
                people,
            }],
        };
        vec![
            of(true, vec![dewi.clone(), budi.clone(), wati]),
            of(false, vec![dewi.clone(), budi]),
            of(true, vec![dewi]),
        ]
    }
}
