//! The browser's process: a fresh profile, nothing sent anywhere but to the host of the test.

use std::time::Duration;

use chromiumoxide::browser::{Browser, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::browser::{BrowserContextId, PermissionSetting, SetPermissionParams};
use chromiumoxide::cdp::browser_protocol::target::GetBrowserContextsParams;
use chromiumoxide::handler::viewport::Viewport;
use futures::StreamExt as _;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::Tab;
use crate::testing::TestApp;

/// A phone's screen, CSS px.
pub const WIDTH: u32 = 390;
const HEIGHT: u32 = 844;
/// Starting it on a busy machine.
const LAUNCH_TIMEOUT: Duration = Duration::from_mins(1);
/// Quiet and alone: no updates, no sync, no start page.
const ARGUMENTS: [&str; 7] = [
    "disable-background-networking",
    "disable-component-update",
    "disable-default-apps",
    "disable-gpu",
    "disable-quic",
    "disable-sync",
    "no-first-run",
];

/// A running Chromium with a profile of its own.
pub struct Chromium {
    browser: Browser,
    context: BrowserContextId,
    // The other end of the browser's messages; ends with the test.
    messages: JoinSet<()>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts it without a window. Fails with what to do if there is none.
    pub async fn start() -> Self {
        let profile = tempfile::Builder::new().prefix("callpanion-chromium-").tempdir().unwrap();
        let phone = Viewport {
            width: WIDTH,
            height: HEIGHT,
            device_scale_factor: Some(2.0),
            emulating_mobile: true,
            is_landscape: false,
            has_touch: true,
        };
        let config = BrowserConfig::builder()
            // The container of a test run rarely allows Chromium's own sandbox, and only our pages are opened.
            .no_sandbox()
            .args(ARGUMENTS)
            .user_data_dir(profile.path())
            .viewport(phone)
            .launch_timeout(LAUNCH_TIMEOUT)
            .build()
            .unwrap_or_else(|error| panic!("these tests need Chromium, which `tests/run` installs: {error}"));
        let (mut browser, mut handler) = Browser::launch(config)
            .await
            .unwrap_or_else(|error| panic!("Chromium does not start; `tests/run` installs a working one: {error}"));
        let mut messages = JoinSet::new();
        messages.spawn(async move { while let Some(Ok(())) = handler.next().await {} });
        // The browser's own context tidies up notices while it starts, and takes away some that were just shown.
        browser.start_incognito_context().await.unwrap();
        let contexts = browser.execute(GetBrowserContextsParams::default()).await.unwrap();
        let context = contexts.browser_context_ids.first().unwrap().clone();
        Self { browser, context, messages, _profile: profile }
    }

    /// A new tab for the host of this test. Tabs share their cookies.
    pub async fn tab(&self, app: &TestApp) -> Tab {
        Tab::new(self.browser.new_page("about:blank").await.unwrap(), &app.url).await
    }

    /// What its owner answers from now on when a page of this test's host asks whether it may show notices.
    pub async fn answer_about_notices(&self, app: &TestApp, answer: PermissionSetting) {
        let said = SetPermissionParams::builder().permission("notifications").setting(answer).origin(app.url.as_str());
        let said = said.browser_context_id(self.context.clone()).build().unwrap();
        self.browser.execute(said).await.unwrap();
    }

    /// Closes it, and waits until its process is gone.
    pub async fn end(mut self) {
        self.browser.close().await.unwrap();
        self.browser.wait().await.unwrap();
        self.messages.shutdown().await;
    }
}
