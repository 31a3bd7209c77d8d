//! What every test walks in with: a running host, its emulated world, and people to be called.
//!
//! [`TestApp`] is the house with its web door open and no worker: time stands still until a test says
//! [`TestApp::advance`]. [`Household`] is a family with a callee; [`Browser`] is the family's browser.

mod app;
mod browser;
pub mod cluster;
mod database;
mod household;
pub mod log;
mod onboarding;
pub mod program;
mod rows;
mod settings;
mod snapshot;
mod webhook;

pub use app::{TestApp, tick};
pub use browser::{Browser, Page, client};
pub use database::{Database, Engine, dump};
pub use household::{Household, PASSWORD, Paired, every_day_at};
pub use onboarding::slot_fields;
pub use settings::{Settings, data_dir, environment};
pub use snapshot::{readable, stable};
pub use webhook::PATH as WEBHOOK_PATH;

/// Makes one test per engine from one body: `name::sqlite` and `name::postgres`.
///
/// `with: path` before the functions names a function that changes the settings first.
macro_rules! on_both {
    (with: $with:path; $($rest:tt)*) => { $crate::testing::on_both!(@tests $with; $($rest)*); };
    (@tests $with:path; $($(#[$attribute:meta])* async fn $name:ident($app:ident: TestApp) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "the body may need whatever its file has")]
            use super::*;

            async fn body($app: $crate::testing::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::testing::run($crate::testing::Engine::Sqlite, $with, body).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::testing::run($crate::testing::Engine::Postgres, $with, body).await;
            }
        }
    )*};
    ($($rest:tt)*) => { $crate::testing::on_both!(@tests $crate::testing::as_they_are; $($rest)*); };
}
pub(crate) use on_both;

/// The settings of most tests.
pub fn as_they_are(_settings: &mut Settings) {}

/// Runs one test on one engine, then looks whether it left anything undone.
pub async fn run<F: Future<Output = ()>>(engine: Engine, with: fn(&mut Settings), body: impl FnOnce(TestApp) -> F) {
    let app = TestApp::start_with(engine, with).await;
    body(app.clone()).await;
    app.finish().await;
}
