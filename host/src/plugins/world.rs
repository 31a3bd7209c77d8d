//! The worlds as one: makes a fresh instance of a component, and calls one of its exports with plain data.

use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, InstancePre};

use super::beside::Beside;
use super::border::asking;
use super::border::channel::ChannelPluginPre;
use super::border::channel::exports::callpanion::plugin::channel as steps;
use super::border::notifier::NotifierPluginPre;
use super::border::notifier::callpanion::plugin1_0_0::channel as shared;
use super::border::notifier::exports::callpanion::plugin1_2_0::notifier::NotifyStep;
use super::border::provider::ProviderPluginPre;
use super::border::provider::exports::callpanion::plugin::provider as talk;
use super::border::renderer::RendererPluginPre;
use super::border::types::{Answer, Context, Description};
use super::exchange::{Input, Output, Turn, wit};
use super::machine::Guest;
use crate::domain::manifest::{Also, PluginKind};

/// A component that exports one of the worlds, ready to be instantiated, and what it exports beside that.
#[derive(Clone)]
pub(super) struct World {
    main: Main,
    beside: Beside,
}

/// The interface of a plugin's kind.
#[derive(Clone)]
enum Main {
    Channel(ChannelPluginPre<Guest>),
    Provider(ProviderPluginPre<Guest>),
    Renderer(RendererPluginPre<Guest>),
    Asking(AskingRenderer),
    Notifier(NotifierPluginPre<Guest>),
    /// Tests play components that export nothing of the border.
    #[cfg(test)]
    Odd(super::tests::Odd),
}

impl World {
    /// The world of `kind` and all of `also`, or what the component lacks of it.
    pub(super) fn new(kind: PluginKind, also: &[Also], pre: InstancePre<Guest>) -> wasmtime::Result<Self> {
        let beside = Beside::of(also, &pre)?;
        let main = match kind {
            PluginKind::Channel => Main::Channel(ChannelPluginPre::new(pre)?),
            PluginKind::Provider => Main::Provider(ProviderPluginPre::new(pre)?),
            PluginKind::Renderer => match AskingRenderer::of(&pre) {
                Some(asking) => Main::Asking(asking),
                None => Main::Renderer(RendererPluginPre::new(pre)?),
            },
            PluginKind::Notifier => Main::Notifier(NotifierPluginPre::new(pre)?),
        };
        Ok(Self { main, beside })
    }

    #[cfg(test)]
    pub(super) fn odd(odd: super::tests::Odd) -> Self {
        Self { main: Main::Odd(odd), beside: Beside::default() }
    }

    /// Asks a fresh instance who it is, and looks whether what stands beside has the right types.
    pub(super) async fn describe(&self, store: &mut Store<Guest>) -> wasmtime::Result<Description> {
        self.beside.try_each(store).await?;
        self.main.describe(store).await
    }

    /// Calls one export of a fresh instance.
    pub(super) async fn invoke(
        &self,
        store: &mut Store<Guest>,
        input: &Input,
        turn: &Turn,
    ) -> wasmtime::Result<Output> {
        match self.beside.invoke(store, input, turn).await? {
            Some(output) => Ok(output),
            None => self.main.invoke(store, input, turn).await,
        }
    }
}

impl Main {
    async fn describe(&self, store: &mut Store<Guest>) -> wasmtime::Result<Description> {
        match self {
            Self::Channel(pre) => {
                let instance = pre.instantiate_async(&mut *store).await?;
                instance.callpanion_plugin_channel().call_describe(store).await
            }
            Self::Provider(pre) => {
                let instance = pre.instantiate_async(&mut *store).await?;
                instance.callpanion_plugin_provider().call_describe(store).await
            }
            Self::Renderer(pre) => {
                let instance = pre.instantiate_async(&mut *store).await?;
                instance.callpanion_plugin_renderer().call_describe(store).await
            }
            Self::Asking(asking) => asking.describe(store).await,
            Self::Notifier(pre) => {
                let instance = pre.instantiate_async(&mut *store).await?;
                instance.callpanion_plugin1_2_0_notifier().call_describe(store).await
            }
            #[cfg(test)]
            Self::Odd(_) => Err(wasmtime::format_err!("it exports nothing of the border")),
        }
    }

    async fn invoke(&self, store: &mut Store<Guest>, input: &Input, turn: &Turn) -> wasmtime::Result<Output> {
        match self {
            Self::Channel(pre) => channel(pre, store, input, turn).await,
            Self::Provider(pre) => provider(pre, store, input, turn).await,
            Self::Renderer(pre) => match input {
                Input::Render(material) => {
                    let instance = pre.instantiate_async(&mut *store).await?;
                    let renderer = instance.callpanion_plugin_renderer();
                    Ok(Output::Rendered(renderer.call_render(store, &turn.context, material).await?))
                }
                other => Err(lacks(other)),
            },
            Self::Asking(asking) => match input {
                Input::Render(material) => asking.render(store, material, turn).await,
                other => Err(lacks(other)),
            },
            Self::Notifier(pre) => notifier(pre, store, input, turn).await,
            #[cfg(test)]
            Self::Odd(odd) => odd.play(store, turn).await,
        }
    }
}

/// A renderer of API 1.1, which may want the network.
#[derive(Clone)]
pub(super) struct AskingRenderer {
    pre: InstancePre<Guest>,
    describe: ComponentExportIndex,
    render: ComponentExportIndex,
}

impl AskingRenderer {
    /// `None` if the component is another kind of renderer.
    fn of(pre: &InstancePre<Guest>) -> Option<Self> {
        let component = pre.component();
        let interface = component.get_export_index(None, asking::INTERFACE)?;
        let describe = component.get_export_index(Some(&interface), "describe")?;
        let render = component.get_export_index(Some(&interface), "render")?;
        Some(Self { pre: pre.clone(), describe, render })
    }

    async fn describe(&self, store: &mut Store<Guest>) -> wasmtime::Result<Description> {
        let instance = self.pre.instantiate_async(&mut *store).await?;
        // Both functions are looked up, so that a wrong type of either shows when the plugin is tried.
        instance.get_typed_func::<RenderParameters<'_>, (asking::RenderStep,)>(&mut *store, &self.render)?;
        let describe = instance.get_typed_func::<(), (Description,)>(&mut *store, &self.describe)?;
        Ok(describe.call_async(store, ()).await?.0)
    }

    async fn render(
        &self,
        store: &mut Store<Guest>,
        material: &wit::Material,
        turn: &Turn,
    ) -> wasmtime::Result<Output> {
        let instance = self.pre.instantiate_async(&mut *store).await?;
        let render =
            instance.get_typed_func::<RenderParameters<'_>, (asking::RenderStep,)>(&mut *store, &self.render)?;
        let (step,) = render.call_async(store, (&turn.context, material, &turn.answers)).await?;
        Ok(match step {
            asking::RenderStep::Request(requests) => Output::Request(requests),
            asking::RenderStep::Done(rendering) => Output::Rendered(rendering),
            asking::RenderStep::Failed(failure) => Output::Failed(failure),
        })
    }
}

type RenderParameters<'a> = (&'a Context, &'a wit::Material, &'a [Answer]);

async fn channel(
    pre: &ChannelPluginPre<Guest>,
    store: &mut Store<Guest>,
    input: &Input,
    turn: &Turn,
) -> wasmtime::Result<Output> {
    let instance = pre.instantiate_async(&mut *store).await?;
    let channel = instance.callpanion_plugin_channel();
    let Turn { context, answers } = turn;
    Ok(match input {
        Input::Ring(rings) => match channel.call_ring(store, context, rings, answers).await? {
            steps::RingStep::Request(requests) => Output::Request(requests),
            steps::RingStep::Done(verdicts) => Output::Rung(verdicts),
            steps::RingStep::Failed(failure) => Output::Failed(failure),
        },
        Input::Cancel(rings) => match channel.call_cancel(store, context, rings, answers).await? {
            steps::CancelStep::Request(requests) => Output::Request(requests),
            steps::CancelStep::Done(canceled) => Output::Canceled(canceled),
            steps::CancelStep::Failed(failure) => Output::Failed(failure),
        },
        Input::Inspect(rings) => match channel.call_inspect(store, context, rings, answers).await? {
            steps::InspectStep::Request(requests) => Output::Request(requests),
            steps::InspectStep::Done(inspections) => Output::Inspected(inspections),
            steps::InspectStep::Failed(failure) => Output::Failed(failure),
        },
        other => return Err(lacks(other)),
    })
}

async fn provider(
    pre: &ProviderPluginPre<Guest>,
    store: &mut Store<Guest>,
    input: &Input,
    turn: &Turn,
) -> wasmtime::Result<Output> {
    let instance = pre.instantiate_async(&mut *store).await?;
    let provider = instance.callpanion_plugin_provider();
    let Turn { context, answers } = turn;
    Ok(match input {
        Input::OpenSession(wanted) => match provider.call_open_session(store, context, wanted, answers).await? {
            talk::SessionStep::Request(requests) => Output::Request(requests),
            talk::SessionStep::Done(session) => Output::Session(session),
            talk::SessionStep::Failed(failure) => Output::Failed(failure),
        },
        Input::ReadWebhook { headers, body } => {
            Output::Webhook(provider.call_read_webhook(store, context, headers, body).await?)
        }
        Input::FetchSession(wanted) => match provider.call_fetch_session(store, context, wanted, answers).await? {
            talk::FetchStep::Request(requests) => Output::Request(requests),
            talk::FetchStep::Done(found) => Output::Fetched(found),
            talk::FetchStep::Failed(failure) => Output::Failed(failure),
        },
        Input::Check => match provider.call_check(store, context, answers).await? {
            talk::CheckStep::Request(requests) => Output::Request(requests),
            talk::CheckStep::Done(findings) => Output::Checked(findings),
            talk::CheckStep::Failed(failure) => Output::Failed(failure),
        },
        other => return Err(lacks(other)),
    })
}

async fn notifier(
    pre: &NotifierPluginPre<Guest>,
    store: &mut Store<Guest>,
    input: &Input,
    turn: &Turn,
) -> wasmtime::Result<Output> {
    let instance = pre.instantiate_async(&mut *store).await?;
    let notifier = instance.callpanion_plugin1_2_0_notifier();
    let Turn { context, answers } = turn;
    Ok(match input {
        Input::Notify(notices) => match notifier.call_notify(store, context, notices, answers).await? {
            NotifyStep::Request(requests) => Output::Request(requests),
            NotifyStep::Done(verdicts) => Output::Notified(verdicts.into_iter().map(verdict).collect()),
            NotifyStep::Failed(failure) => Output::Failed(failure),
        },
        Input::ReadCallback { headers, body } => {
            Output::Callback(notifier.call_read_callback(store, context, headers, body).await?)
        }
        other => return Err(lacks(other)),
    })
}

/// The same variant, of which each world has a type of its own.
fn verdict(given: shared::Verdict) -> wit::Verdict {
    match given {
        shared::Verdict::Accepted(reference) => wit::Verdict::Accepted(reference),
        shared::Verdict::Gone(why) => wit::Verdict::Gone(why),
        shared::Verdict::Refused(why) => wit::Verdict::Refused(why),
        shared::Verdict::Retry(after) => wit::Verdict::Retry(after),
        shared::Verdict::Unknown(why) => wit::Verdict::Unknown(why),
        shared::Verdict::Misconfigured(why) => wit::Verdict::Misconfigured(why),
        shared::Verdict::Other(said) => wit::Verdict::Other(said),
    }
}

pub(super) fn lacks(input: &Input) -> wasmtime::Error {
    wasmtime::format_err!("a plugin of its kind has no `{}`", input.export())
}
