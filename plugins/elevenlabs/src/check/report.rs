//! The findings so far. The tables of this room walk in; it calls nobody.

use std::collections::BTreeMap;

use callpanion_plugin_api::provider::{Finding, Severity};
use serde_json::Value;

use super::listed;
use super::sight::Sight;

/// The findings so far.
#[derive(Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
    /// What could not be looked at, by the permission that the key lacks for it: each is told once.
    lacking: BTreeMap<String, Vec<String>>,
}

impl Report {
    /// Adds a finding.
    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds what is in order.
    pub(super) fn ok(&mut self, what: impl Into<String>) {
        self.add(Finding::new(Severity::Ok, what, ""));
    }

    /// Adds what cannot be seen from here, with how it shows: nothing is wrong.
    pub(super) fn note(&mut self, what: impl Into<String>, how_it_shows: impl Into<String>) {
        self.add(Finding::new(Severity::Ok, what, how_it_shows));
    }

    /// Notes that the key may not look at this.
    pub(super) fn lacks(&mut self, permission: String, what: &str) {
        let unseen = self.lacking.entry(permission).or_default();
        if !unseen.iter().any(|it| it == what) {
            unseen.push(what.to_owned());
        }
    }

    /// What a look at this shows: `what` is a noun, such as `the webhooks`. That it shows nothing is a finding.
    pub(super) fn read(&mut self, what: &str, sight: Sight) -> Option<Value> {
        let (severity, why, mend) = match sight {
            Sight::There(told) => return Some(told),
            Sight::Lacking(permission) => {
                self.lacks(permission, what);
                return None;
            }
            Sight::Absent => (Severity::Warning, "ElevenLabs does not know the page".to_owned(), UPDATE.to_owned()),
            // The key is good for calls; only an admin's may look at some of this.
            Sight::BadKey(codes) | Sight::Denied(codes) => {
                (Severity::Warning, format!("ElevenLabs denies it ({codes})"), ALLOW.to_owned())
            }
            Sight::Unseen(severity, why, mend) => (severity, why, mend),
        };
        self.add(Finding::new(severity, format!("Nothing could be seen of {what}: {why}."), mend));
        None
    }

    /// All findings: first what the key lacks, then the rest in the order in which it was looked at.
    pub(super) fn findings(self) -> Vec<Finding> {
        let Self { findings, lacking } = self;
        lacking.iter().map(|(permission, unseen)| lack(permission, &listed(unseen))).chain(findings).collect()
    }
}

const UPDATE: &str = "Update Callpanion: ElevenLabs may have moved it.";
const ALLOW: &str = "Have an admin of the ElevenLabs workspace make the key: under Developers, API Keys.";

fn lack(permission: &str, unseen: &str) -> Finding {
    let named = match permission {
        "" => "a permission that ElevenLabs does not name".to_owned(),
        permission => format!("the permission {permission}"),
    };
    // What calls need is another matter than what only this check reads.
    let is_grave = permission.is_empty() || permission.starts_with("convai");
    let severity = if is_grave { Severity::Problem } else { Severity::Warning };
    Finding::new(
        severity,
        format!("The key lacks {named}, so nothing could be seen of {unseen}."),
        "In the ElevenLabs console open Developers, API Keys, and edit the key that Callpanion uses: give it that \
         permission, or no restriction. Calls need Write for ElevenLabs Agents (convai); Read for User and for \
         Webhooks is for this check only.",
    )
}
