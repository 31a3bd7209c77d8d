//! The provider world: a conversation service.
//!
//! A plugin implements [`Provider`] and says [`crate::provider!`]; the host walks in through the glue.

use crate::bindings::provider::exports::callpanion::plugin::provider::{CheckStep, FetchStep, Guest, SessionStep};
pub use crate::bindings::provider::exports::callpanion::plugin::provider::{
    Collected, Conversation, ConversationOutcome, Finding, Session, SessionRequest, Severity, Speaker, Turn, Webhook,
};
use crate::code::cut;
use crate::{Answer, Context, Ctx, Description, Identity, Stop};

/// The host shows no more of why a webhook was left.
const WHY_MAX_CHARS: usize = 499;

/// A conversation service.
pub trait Provider {
    /// Gets what a device needs to join a new conversation.
    fn open_session(ctx: &mut Ctx, wanted: SessionRequest) -> Result<Session, Stop>;

    /// Reads a webhook whose signature the host has verified. It may not ask for the network; to
    /// stop with a failure makes the webhook unreadable.
    fn read_webhook(ctx: &Ctx, headers: &[(String, String)], body: &[u8]) -> Result<Webhook, Stop>;

    /// Asks the provider for a conversation whose webhook never came. `None` when the provider does
    /// not know it.
    fn fetch_session(ctx: &mut Ctx, conversation: String) -> Result<Option<Conversation>, Stop>;

    /// Is everything set up? Read-only.
    fn check(ctx: &mut Ctx) -> Result<Vec<Finding>, Stop>;
}

impl Finding {
    /// A finding: `what` is the case, and `mend` is what the operator should do about it.
    pub fn new(severity: Severity, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { severity, what: what.into(), mend: mend.into() }
    }
}

impl<T: Provider + Identity> Guest for T {
    fn describe() -> Description {
        T::description()
    }

    fn open_session(ctx: Context, wanted: SessionRequest, answers: Vec<Answer>) -> SessionStep {
        match T::open_session(&mut Ctx::new(ctx, answers), wanted) {
            Ok(session) => SessionStep::Done(session),
            Err(Stop::Request(requests)) => SessionStep::Request(requests),
            Err(Stop::Failed(failure)) => SessionStep::Failed(failure),
        }
    }

    fn read_webhook(ctx: Context, headers: Vec<(String, String)>, body: Vec<u8>) -> Webhook {
        let read = T::read_webhook(&Ctx::new(ctx, Vec::new()), &headers, &body);
        let mut webhook = read.unwrap_or_else(|stop| Webhook::Unreadable(stop.text().to_owned()));
        if let Webhook::Ignored(why) | Webhook::Unreadable(why) = &mut webhook {
            cut(why, WHY_MAX_CHARS);
        }
        webhook
    }

    fn fetch_session(ctx: Context, conversation: String, answers: Vec<Answer>) -> FetchStep {
        match T::fetch_session(&mut Ctx::new(ctx, answers), conversation) {
            Ok(conversation) => FetchStep::Done(conversation),
            Err(Stop::Request(requests)) => FetchStep::Request(requests),
            Err(Stop::Failed(failure)) => FetchStep::Failed(failure),
        }
    }

    fn check(ctx: Context, answers: Vec<Answer>) -> CheckStep {
        match T::check(&mut Ctx::new(ctx, answers)) {
            Ok(findings) => CheckStep::Done(findings),
            Err(Stop::Request(requests)) => CheckStep::Request(requests),
            Err(Stop::Failed(failure)) => CheckStep::Failed(failure),
        }
    }
}

/// Makes a [`Provider`](crate::provider::Provider) the component's export, in WASM only, and says who it is, as
/// [`channel!`](crate::channel!) does.
#[macro_export]
macro_rules! provider {
    ($plugin:ident $(, id = $id:literal)? $(,)?) => {
        $crate::__identity!($plugin, "provider" $(, id = $id)?);
        #[cfg(target_family = "wasm")]
        $crate::bindings::provider::export_provider!(
            $plugin with_types_in $crate::bindings::provider
        );
    };
}
