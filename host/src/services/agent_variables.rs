//! What the companion is told before a talk: dynamic variables of the agent.

use std::collections::HashMap;

use crate::db::call_lists;
use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::{Conn, DbError, families, family_messages};
use crate::domain::{CalleeId, FamilyId, Locale};
use crate::services::family_messages as messages;

/// The names of all variables. Under the first our call id travels with a phone call.
pub(crate) const NAMES: [&str; 8] = [
    "callpanion_call_id",
    "callee_name",
    "address_form",
    "language",
    "interests",
    "family_name",
    "last_talk",
    "family_messages",
];

/// Whether a variable tells of the callee; our call id does not.
pub(super) fn is_personal(name: &str) -> bool {
    let [call_id, ..] = NAMES;
    name != call_id
}

/// What the variables of many callees are made of: a full hour is read with three statements a page.
#[derive(Default)]
pub(crate) struct Material {
    families: HashMap<FamilyId, String>,
    last_talks: HashMap<CalleeId, String>,
    messages: HashMap<CalleeId, String>,
}

/// Reads it for these callees.
pub(crate) async fn material(c: &mut Conn, callees: &[&Callee]) -> Result<Material, DbError> {
    if callees.is_empty() {
        return Ok(Material::default());
    }
    let ids: Vec<FamilyId> = callees.iter().map(|callee| callee.family_id).collect();
    let talks: Vec<(CalleeId, Locale)> =
        callees.iter().map(|callee| (callee.id, callee.language.parse().unwrap_or(Locale::En))).collect();
    let ours: Vec<CalleeId> = callees.iter().map(|callee| callee.id).collect();
    let waiting = family_messages::waiting(c, &ours).await?;
    Ok(Material {
        families: families::names(c, &ids).await?,
        last_talks: call_lists::last_headlines(c, &talks).await?,
        messages: waiting.iter().map(|(callee, waiting)| (*callee, messages::for_agent(waiting))).collect(),
    })
}

/// The names and values for one call.
pub(crate) async fn of(c: &mut Conn, call: &Call, callee: &Callee) -> Result<Vec<(String, String)>, DbError> {
    let material = material(c, &[callee]).await?;
    Ok(from(&material, call, callee))
}

/// Who is called: all that a vendor is told that only has a device ring.
pub(crate) fn name(callee: &Callee) -> [(String, String); 2] {
    let [_, name, address_form, ..] = NAMES;
    [pair(name, callee.name.clone()), pair(address_form, callee.address_form.clone())]
}

/// All of them, from what was read before.
pub(crate) fn from(material: &Material, call: &Call, callee: &Callee) -> Vec<(String, String)> {
    let values: [String; NAMES.len()] = [
        call.id.to_string(),
        callee.name.clone(),
        callee.address_form.clone(),
        callee.language.clone(),
        callee.interests.clone(),
        material.families.get(&callee.family_id).cloned().unwrap_or_default(),
        material.last_talks.get(&callee.id).cloned().unwrap_or_default(),
        material.messages.get(&callee.id).cloned().unwrap_or_default(),
    ];
    NAMES.iter().zip(values).map(|(name, value)| pair(name, value)).collect()
}

fn pair(name: &str, value: String) -> (String, String) {
    (name.to_owned(), value)
}
