//! What the browser complains about: errors in the console, uncaught exceptions, refused content.

use std::fmt::Debug;

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::audits::{EnableParams, EventIssueAdded};
use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::cdp::js_protocol::runtime::{EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::listeners::EventStream;
use futures::{FutureExt as _, StreamExt as _};

use super::Chromium;
use crate::testing::{Engine, TestApp, as_they_are, run};

/// Everything that one tab's console would show, read when asked for.
pub struct Complaints {
    log: EventStream<EventEntryAdded>,
    console: EventStream<EventConsoleApiCalled>,
    exceptions: EventStream<EventExceptionThrown>,
    // Violations of the content policy stand here even when a script swallows the error.
    issues: EventStream<EventIssueAdded>,
}

impl Complaints {
    /// Listens from now on.
    pub async fn of(page: &Page) -> Self {
        let complaints = Self {
            log: page.event_listener().await.unwrap(),
            console: page.event_listener().await.unwrap(),
            exceptions: page.event_listener().await.unwrap(),
            issues: page.event_listener().await.unwrap(),
        };
        page.enable_log().await.unwrap();
        page.execute(EnableParams::default()).await.unwrap();
        complaints
    }

    /// All since the last time.
    pub fn take(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        all.extend(drain(&mut self.log).map(|event| format!("log: {}, {:?}", event.entry.text, event.entry.url)));
        all.extend(drain(&mut self.console).map(|event| format!("console: {:?} {:?}", event.r#type, event.args)));
        all.extend(drain(&mut self.exceptions).map(|event| format!("exception: {:?}", event.exception_details)));
        all.extend(drain(&mut self.issues).map(|event| format!("issue: {:?}", event.issue)));
        all
    }
}

fn drain<T: chromiumoxide::cdp::IntoEventKind + Debug + Unpin>(
    events: &mut EventStream<T>,
) -> impl Iterator<Item = std::sync::Arc<T>> + '_ {
    std::iter::from_fn(|| events.next().now_or_never().flatten())
}

/// The paths rest on this: a tab that heard nothing would find every page in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn complaints_are_heard() {
    async fn body(app: TestApp) {
        let chromium = Chromium::start().await;
        let mut tab = chromium.tab(&app).await;
        tab.open("/").await;
        assert_eq!(tab.complaints().await, Vec::<String>::new());
        for (breach, heard) in [
            ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">red</p>')", "style-src"),
            ("document.head.append(Object.assign(document.createElement('script'), { text: '1' }))", "script-src"),
            ("console.error('out of order')", "out of order"),
        ] {
            tab.ask(&format!("void {breach}")).await;
            let complaints = tab.complaints().await;
            assert!(complaints.iter().any(|complaint| complaint.contains(heard)), "{breach}: {complaints:#?}");
        }
        chromium.end().await;
    }
    run(Engine::Sqlite, as_they_are, body).await;
}
