//! Looking into the database, past the pages.

use callpanion::db::alerts::{self, Alert};
use callpanion::db::call_lists::{self, CallFilter};
use callpanion::db::calls::Call;
use callpanion::db::ring_attempts::{self, RingAttempt};
use callpanion::db::{timeline, transcripts, webhook_events};
use callpanion::domain::{AlertKind, AttemptState, CallId, CallState, Locale};

use super::{Household, TestApp};

impl TestApp {
    /// The household's calls, the first due first.
    pub async fn calls(&self, home: &Household) -> Vec<Call> {
        let mut c = self.host.db.read().await.unwrap();
        let mut calls = call_lists::page(&mut c, home.family, CallFilter::default(), 0, 1000).await.unwrap();
        calls.reverse();
        calls
    }

    /// The household's only call.
    #[track_caller]
    pub fn call<'a>(&'a self, home: &'a Household) -> impl Future<Output = Call> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let mut calls = self.calls(home).await;
            assert_eq!(calls.len(), 1, "one call is expected at {caller}");
            calls.remove(0)
        }
    }

    /// Advances until the household's only call has its outcome, at most so many seconds.
    pub async fn outcome(&self, home: &Household, seconds: u32) -> Call {
        self.advance_until(seconds, || async { self.calls(home).await.iter().any(|call| call.state.is_outcome()) })
            .await;
        self.call(home).await
    }

    /// Advances until the household's only call is in a state, at most so many seconds.
    pub async fn until_state(&self, home: &Household, state: CallState, seconds: u32) -> Call {
        self.advance_until(seconds, || async { self.calls(home).await.iter().any(|call| call.state == state) }).await;
        self.call(home).await
    }

    /// What happened to a call, in seconds from its promised moment.
    pub async fn timeline(&self, call: &Call) -> Vec<String> {
        let rows = timeline::of_call(&mut self.host.db.read().await.unwrap(), call.id).await.unwrap();
        rows.iter()
            .map(|row| {
                let after = row.at.secs() - call.due_at.secs();
                let detail = row.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
                format!("{after:+} s: {}{detail}", row.step)
            })
            .collect()
    }

    /// A call's ring attempts, oldest first.
    pub async fn attempts(&self, call: CallId) -> Vec<RingAttempt> {
        ring_attempts::of_call(&mut self.host.db.read().await.unwrap(), call).await.unwrap()
    }

    /// The states of a call's ring attempts, oldest first.
    pub async fn attempt_states(&self, call: CallId) -> Vec<AttemptState> {
        self.attempts(call).await.iter().map(|attempt| attempt.state).collect()
    }

    /// The household's open alerts.
    pub async fn alerts(&self, home: &Household) -> Vec<Alert> {
        alerts::unclosed_of_family(&mut self.host.db.read().await.unwrap(), home.family, 100).await.unwrap()
    }

    /// What the household's open alerts are about.
    pub async fn alert_kinds(&self, home: &Household) -> Vec<AlertKind> {
        self.alerts(home).await.iter().map(|alert| alert.kind).collect()
    }

    /// The staff's open alerts.
    pub async fn staff_alerts(&self) -> Vec<Alert> {
        alerts::unclosed_of_staff(&mut self.host.db.read().await.unwrap(), 100).await.unwrap()
    }

    /// Webhooks that no call has taken.
    pub async fn parked(&self) -> Vec<webhook_events::WebhookEvent> {
        webhook_events::parked(&mut self.host.db.read().await.unwrap(), 100).await.unwrap()
    }

    /// Whether a call has a transcript, and a summary in each language.
    pub async fn is_summarised(&self, call: CallId) -> bool {
        let mut c = self.host.db.read().await.unwrap();
        let transcript = transcripts::of_call(&mut c, call).await.unwrap();
        let mut summaries = 0;
        for &locale in Locale::ALL {
            summaries += usize::from(transcripts::summary_of(&mut c, call, locale).await.unwrap().is_some());
        }
        transcript.is_some() && summaries == Locale::ALL.len()
    }

    /// Letters to the household's account about calls: all but the first, which confirmed the address.
    pub fn letters(&self, home: &Household) -> Vec<String> {
        self.mail.to(&home.email).iter().skip(1).map(|mail| mail.subject.clone()).collect()
    }
}
