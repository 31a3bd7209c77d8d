//! Forms: what a browser sent, by field, and how a service's refusal finds the field that it is about.

use std::collections::HashMap;

use url::form_urlencoded;

use crate::services::ServiceError;
use crate::theme::ErrorCode;

/// The fields of a form or of a query. A field that is sent twice counts as its last.
#[derive(Clone, Default)]
pub(super) struct Form(HashMap<String, String>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`, which is all that our forms send.
    pub(super) fn read(bytes: &[u8]) -> Self {
        form_urlencoded::parse(bytes).into_owned().collect()
    }

    /// A field; empty when it was not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether the field was sent at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether a box was ticked.
    pub(super) fn is_yes(&self, name: &str) -> bool {
        self.get(name) == "yes"
    }
}

impl FromIterator<(String, String)> for Form {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

/// A query of one field.
pub(super) fn one(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

/// A query of the fields that say something, with its question mark; empty when none does.
pub(super) fn query(fields: &[(&str, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
    match query.finish() {
        query if query.is_empty() => query,
        query => format!("?{query}"),
    }
}

/// The refused field and what is wrong with it; any other error stays one.
pub(super) fn refused(error: ServiceError) -> Result<(&'static str, ErrorCode), ServiceError> {
    match error {
        ServiceError::Invalid { field, code } => Ok((field, ErrorCode::of(code).unwrap_or(ErrorCode::Invalid))),
        other => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, one, query};

    #[test]
    fn a_form_is_read_by_field() {
        let form = Form::read(b"name=Ibu+Sari&slot1_on=yes&zone=Asia%2FJakarta");
        assert_eq!((form.get("name"), form.get("zone"), form.get("none")), ("Ibu Sari", "Asia/Jakarta", ""));
        assert!(form.is_yes("slot1_on") && !form.is_yes("slot2_on") && form.has("name"));
    }

    #[test]
    fn a_query_is_escaped() {
        assert_eq!(one("next", "/calls?page=2"), "next=%2Fcalls%3Fpage%3D2");
        assert_eq!(query(&[("callee", String::new()), ("page", "2".into())]), "?page=2");
        assert_eq!(query(&[("callee", String::new())]), "");
    }
}
