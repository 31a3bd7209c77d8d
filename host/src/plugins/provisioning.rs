//! Provisioning: the vendor's side set up as the operator wants it, in words of the house.

use std::time::Duration;

use super::bound::reason;
use super::exchange::{Input, Output, wit};
use super::failure::PluginFailure;
use super::run::Plugin;
use crate::domain::{Change, Provisioned, Wanted, WantedSetting};

const LOCALE: &str = "en";
/// Under this name a provider is told who reads what agents note, as in its check.
const RENDERER: &str = "renderer";
const CHANGES_MAX: usize = 200;
const SETTINGS_MAX: usize = 50;
const TO_DO_MAX: usize = 50;

impl Plugin {
    pub(super) async fn plan(&self, given: Wanted, deadline: Duration) -> Result<Vec<Change>, PluginFailure> {
        let Output::Planned(changes) = self.converse(LOCALE, deadline, Input::Plan(wanted(given))).await? else {
            return Err(self.off_key());
        };
        Ok(changed(&changes))
    }

    pub(super) async fn apply(&self, given: Wanted, deadline: Duration) -> Result<Provisioned, PluginFailure> {
        let Output::Applied(done) = self.converse(LOCALE, deadline, Input::Apply(wanted(given))).await? else {
            return Err(self.off_key());
        };
        let settings = done
            .settings
            .iter()
            .take(SETTINGS_MAX)
            .map(|setting| WantedSetting { name: reason(&setting.name), value: reason(&setting.value) });
        Ok(Provisioned {
            changes: changed(&done.changes),
            settings: settings.collect(),
            to_do: done.to_do.iter().take(TO_DO_MAX).map(|text| reason(text)).collect(),
        })
    }
}

fn wanted(given: Wanted) -> wit::Wanted {
    wit::Wanted {
        name: given.name,
        languages: given.languages,
        webhook_url: given.webhook_url,
        retention_days: given.retention_days,
        keep_audio: given.keep_audio,
        variables: given.variables,
        extra: vec![(RENDERER.to_owned(), given.renderer)],
    }
}

/// In lines that a terminal can bear.
fn changed(changes: &[wit::Change]) -> Vec<Change> {
    let told = |change: &wit::Change| Change {
        what: reason(&change.what),
        before: reason(&change.before),
        after: reason(&change.after),
    };
    changes.iter().take(CHANGES_MAX).map(told).collect()
}
