//! The pages: one struct each, named after what the person came for. `web` fills them.
//!
//! Each page says which form fields it sends, because the template and the handler must agree on them.

mod alerts;
mod callee;
mod calls;
mod dashboard;
mod devices;
mod entry;
mod error;
mod insights;
mod monitor;
mod notices;
mod onboarding;
mod people;
mod schedule;
mod staff;

pub use alerts::*;
pub use callee::*;
pub use calls::*;
pub use dashboard::*;
pub use devices::*;
pub use entry::*;
pub use error::*;
pub use insights::*;
pub use monitor::*;
pub use notices::*;
pub use onboarding::*;
pub use people::*;
pub use schedule::*;
pub use staff::*;

/// Calls a macro with every page, so that tests and previews miss none.
macro_rules! each_page {
    ($visit:ident) => {
        $visit! {
            LandingPage SignUpPage SignInPage CheckMailPage ConfirmedPage ForgotPage ResetPage SetupPage
            OnboardingFamilyPage OnboardingMethodPage OnboardingCalleePage OnboardingSchedulePage
            OnboardingPairingPage OnboardingReadyPage
            DashboardPhonePage DashboardAppPage MonitorPage CallsPage CallPage InsightsPage
            SchedulePage DevicesPage CalleePage AlertsPage AlertAckPage PeoplePage
            NoticesPage NoticeOffPage StaffPage ErrorPage
        }
    };
}
pub(super) use each_page;
