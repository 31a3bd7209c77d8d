//! What the companion is told before a talk: dynamic variables of the agent.

use crate::db::call_lists;
use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::{Conn, DbError, families};
use crate::domain::Locale;

/// The name under which our call id travels with a phone call.
pub(crate) const CALL_ID: &str = "callpanion_call_id";

/// The names and values for one call.
pub(crate) async fn of(c: &mut Conn, call: &Call, callee: &Callee) -> Result<Vec<(String, String)>, DbError> {
    let locale = callee.language.parse().unwrap_or(Locale::En);
    let last = call_lists::last_headline(c, callee.id, locale).await?.map(|(_, headline)| headline);
    let family = families::find(c, callee.family_id).await?.map(|family| family.name);
    let pair = |name: &str, value: String| (name.to_owned(), value);
    Ok(vec![
        pair(CALL_ID, call.id.to_string()),
        pair("callee_name", callee.name.clone()),
        pair("address_form", callee.address_form.clone()),
        pair("language", callee.language.clone()),
        pair("interests", callee.interests.clone()),
        pair("family_name", family.unwrap_or_default()),
        pair("last_talk", last.unwrap_or_default()),
    ])
}
