//! What a component exports beside the interface of its kind: found when it is loaded, called on a fresh instance.
//! `world` walks in.

use wasmtime::Store;
use wasmtime::component::InstancePre;

use super::border::channel_check::ChannelCheckPluginPre;
use super::border::channel_check::callpanion::plugin1_0_0::provider as shared;
use super::border::digest_renderer::DigestRendererPluginPre;
use super::border::number_lookup::NumberLookupPluginPre;
use super::border::number_lookup::exports::callpanion::plugin1_2_0::number_lookup::LookUpStep;
use super::border::provisioning::ProvisioningPluginPre;
use super::border::provisioning::exports::callpanion::plugin1_2_0::provisioning::{ApplyStep, PlanStep};
use super::border::records::RecordsPluginPre;
use super::border::records::exports::callpanion::plugin1_2_0::records::{AudioStep, EraseStep};
use super::exchange::{Input, Output, Turn, wit};
use super::machine::Guest;
use crate::domain::manifest::Also;

/// What stands beside.
#[derive(Clone, Default)]
pub(super) struct Beside {
    check: Option<ChannelCheckPluginPre<Guest>>,
    records: Option<RecordsPluginPre<Guest>>,
    provisioning: Option<ProvisioningPluginPre<Guest>>,
    number_lookup: Option<NumberLookupPluginPre<Guest>>,
    digest: Option<DigestRendererPluginPre<Guest>>,
}

impl Beside {
    /// What the manifest names, or what the component lacks of it.
    pub(super) fn of(also: &[Also], pre: &InstancePre<Guest>) -> wasmtime::Result<Self> {
        let mut beside = Self::default();
        for also in also {
            let pre = pre.clone();
            match also {
                Also::ChannelCheck => beside.check = Some(ChannelCheckPluginPre::new(pre)?),
                Also::Records => beside.records = Some(RecordsPluginPre::new(pre)?),
                Also::Provisioning => beside.provisioning = Some(ProvisioningPluginPre::new(pre)?),
                Also::NumberLookup => beside.number_lookup = Some(NumberLookupPluginPre::new(pre)?),
                Also::DigestRenderer => beside.digest = Some(DigestRendererPluginPre::new(pre)?),
            }
        }
        Ok(beside)
    }

    /// Makes an instance for each, so that a wrong type of any shows when the plugin is tried.
    pub(super) async fn try_each(&self, store: &mut Store<Guest>) -> wasmtime::Result<()> {
        if let Some(pre) = &self.check {
            pre.instantiate_async(&mut *store).await?;
        }
        if let Some(pre) = &self.records {
            pre.instantiate_async(&mut *store).await?;
        }
        if let Some(pre) = &self.provisioning {
            pre.instantiate_async(&mut *store).await?;
        }
        if let Some(pre) = &self.number_lookup {
            pre.instantiate_async(&mut *store).await?;
        }
        if let Some(pre) = &self.digest {
            pre.instantiate_async(&mut *store).await?;
        }
        Ok(())
    }

    /// Calls the function that takes this input, if one of these has it.
    pub(super) async fn invoke(
        &self,
        store: &mut Store<Guest>,
        input: &Input,
        turn: &Turn,
    ) -> wasmtime::Result<Option<Output>> {
        let output = match input {
            Input::Check => match &self.check {
                Some(pre) => check(pre, store, turn).await?,
                None => return Ok(None),
            },
            Input::FetchAudio(_) | Input::Erase(_) => match &self.records {
                Some(pre) => records(pre, store, input, turn).await?,
                None => return Ok(None),
            },
            Input::Plan(_) | Input::Apply(_) => match &self.provisioning {
                Some(pre) => provision(pre, store, input, turn).await?,
                None => return Ok(None),
            },
            Input::LookUp(number) => match &self.number_lookup {
                Some(pre) => look_up(pre, store, number, turn).await?,
                None => return Ok(None),
            },
            Input::RenderDigest(week) => match &self.digest {
                Some(pre) => {
                    let instance = pre.instantiate_async(&mut *store).await?;
                    let renderer = instance.callpanion_plugin1_2_0_digest_renderer();
                    Output::Digested(renderer.call_render_digest(store, &turn.context, week).await?)
                }
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(output))
    }
}

async fn check(pre: &ChannelCheckPluginPre<Guest>, store: &mut Store<Guest>, turn: &Turn) -> wasmtime::Result<Output> {
    let instance = pre.instantiate_async(&mut *store).await?;
    let channel = instance.callpanion_plugin1_2_0_channel_check();
    Ok(match channel.call_check(store, &turn.context, &turn.answers).await? {
        shared::CheckStep::Request(requests) => Output::Request(requests),
        shared::CheckStep::Done(findings) => Output::Checked(findings.into_iter().map(finding).collect()),
        shared::CheckStep::Failed(failure) => Output::Failed(failure),
    })
}

/// The same record, of which each world has a type of its own.
fn finding(given: shared::Finding) -> wit::Finding {
    wit::Finding {
        severity: match given.severity {
            shared::Severity::Ok => wit::Severity::Ok,
            shared::Severity::Warning => wit::Severity::Warning,
            shared::Severity::Problem => wit::Severity::Problem,
        },
        what: given.what,
        mend: given.mend,
    }
}

async fn records(
    pre: &RecordsPluginPre<Guest>,
    store: &mut Store<Guest>,
    input: &Input,
    turn: &Turn,
) -> wasmtime::Result<Output> {
    let instance = pre.instantiate_async(&mut *store).await?;
    let records = instance.callpanion_plugin1_2_0_records();
    let Turn { context, answers } = turn;
    Ok(match input {
        Input::FetchAudio(conversation) => {
            match records.call_fetch_audio(store, context, conversation, answers).await? {
                AudioStep::Request(requests) => Output::Request(requests),
                AudioStep::Done(audio) => Output::Audio(audio),
                AudioStep::Failed(failure) => Output::Failed(failure),
            }
        }
        Input::Erase(conversation) => match records.call_erase(store, context, conversation, answers).await? {
            EraseStep::Request(requests) => Output::Request(requests),
            EraseStep::Done(erasure) => Output::Erased(erasure),
            EraseStep::Failed(failure) => Output::Failed(failure),
        },
        other => return Err(super::world::lacks(other)),
    })
}

async fn provision(
    pre: &ProvisioningPluginPre<Guest>,
    store: &mut Store<Guest>,
    input: &Input,
    turn: &Turn,
) -> wasmtime::Result<Output> {
    let instance = pre.instantiate_async(&mut *store).await?;
    let provisioning = instance.callpanion_plugin1_2_0_provisioning();
    let Turn { context, answers } = turn;
    Ok(match input {
        Input::Plan(wanted) => match provisioning.call_plan(store, context, wanted, answers).await? {
            PlanStep::Request(requests) => Output::Request(requests),
            PlanStep::Done(changes) => Output::Planned(changes),
            PlanStep::Failed(failure) => Output::Failed(failure),
        },
        Input::Apply(wanted) => match provisioning.call_apply(store, context, wanted, answers).await? {
            ApplyStep::Request(requests) => Output::Request(requests),
            ApplyStep::Done(provisioned) => Output::Applied(provisioned),
            ApplyStep::Failed(failure) => Output::Failed(failure),
        },
        other => return Err(super::world::lacks(other)),
    })
}

async fn look_up(
    pre: &NumberLookupPluginPre<Guest>,
    store: &mut Store<Guest>,
    number: &str,
    turn: &Turn,
) -> wasmtime::Result<Output> {
    let instance = pre.instantiate_async(&mut *store).await?;
    let lookup = instance.callpanion_plugin1_2_0_number_lookup();
    Ok(match lookup.call_look_up(store, &turn.context, number, &turn.answers).await? {
        LookUpStep::Request(requests) => Output::Request(requests),
        LookUpStep::Done(facts) => Output::LookedUp(facts),
        LookUpStep::Failed(failure) => Output::Failed(failure),
    })
}
