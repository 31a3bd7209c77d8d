//! Arming: choosing where a try rings, and recording it before anything is sent.

use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::{Conn, DbError, ring_targets};
use crate::domain::manifest::{ChannelInfo, Reaches, Submits};
use crate::domain::{AttemptId, AttemptState, CallMethod, GroupId};
use crate::plugins::Plugins;
use crate::services::calls::Rules;

/// The loaded channels.
#[derive(Clone, Debug)]
pub(crate) struct Channels(Vec<ChannelInfo>);

impl Channels {
    /// What these plugins can ring.
    pub(crate) fn of(plugins: &Plugins) -> Self {
        Self(plugins.channels())
    }

    /// The channel with this id, if it rings devices: a device's word must never choose a number to dial.
    pub(crate) fn for_device(&self, id: &str) -> Option<&ChannelInfo> {
        self.0.iter().find(|channel| channel.id == id && matches!(channel.reaches, Reaches::Device(_)))
    }

    /// Whether this is a channel that dials numbers.
    pub(crate) fn is_loaded_for_numbers(&self, id: &str) -> bool {
        self.0.iter().any(|channel| channel.id == id && channel.reaches == Reaches::Number)
    }

    fn for_numbers(&self) -> Option<&ChannelInfo> {
        self.0.iter().find(|channel| channel.reaches == Reaches::Number)
    }
}

/// What is missing for a try to be armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No consent on record: no call.
    Consent,
    /// The callee has no phone number.
    Phone,
    /// The callee has no confirmed device with an address that works.
    Device,
    /// No plugin that could ring it is on.
    Channel,
}

impl Refusal {
    /// A key of the Fluent files (`reason-<reason>`).
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Consent => "no_consent",
            Self::Phone => "no_phone",
            Self::Device => "no_device",
            Self::Channel => "no_channel",
        }
    }
}

/// Where a try can ring.
pub(crate) struct Target {
    channel: String,
    ahead: bool,
    address: String,
    environment: String,
    device: Option<(crate::domain::DeviceId, crate::domain::PushAddressId)>,
}

/// Records the next ring attempt of a call's present try. An address that this
/// try has used already is not used again.
pub(crate) async fn arm(
    c: &mut Conn,
    call: &Call,
    callee: &Callee,
    rules: &Rules,
) -> Result<Result<AttemptId, Refusal>, DbError> {
    if callee.consent_at.is_none() {
        return Ok(Err(Refusal::Consent));
    }
    let target = match call.call_method {
        CallMethod::Phone => phone_target(callee, rules),
        CallMethod::App => app_target(c, call, rules, None).await?,
    };
    match target {
        Ok(target) => Ok(Ok(arm_at(c, call, target, rules).await?)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Where the call's present try can ring when this channel is left alone: at another device, on another channel.
pub(crate) async fn elsewhere(
    c: &mut Conn,
    call: &Call,
    channel: &str,
    rules: &Rules,
) -> Result<Option<Target>, DbError> {
    match call.call_method {
        CallMethod::Phone => Ok(None),
        CallMethod::App => Ok(app_target(c, call, rules, Some(channel)).await?.ok()),
    }
}

/// Records a ring attempt at this target.
pub(crate) async fn arm_at(c: &mut Conn, call: &Call, target: Target, rules: &Rules) -> Result<AttemptId, DbError> {
    let attempt = RingAttempt {
        id: AttemptId::new(),
        call_id: call.id,
        try_no: call.tries,
        channel: target.channel,
        ahead: target.ahead,
        device_id: target.device.map(|(device, _)| device),
        push_address_id: target.device.map(|(_, address)| address),
        address: target.address,
        environment: target.environment,
        group_id: GroupId::new(),
        state: AttemptState::Armed,
        reason: None,
        ring_at: call.ring_at,
        expires_at: call.expires_at,
        act_at: Some(if target.ahead { rules.now } else { call.ring_at.max(rules.now) }),
        owner: None,
        fence: 0,
        lease_until: None,
        sends: 0,
        reference: None,
        recipient: None,
        sent_at: None,
        accepted_at: None,
        rang_at: None,
        created_at: rules.now,
    };
    ring_attempts::add(c, &attempt).await?;
    Ok(attempt.id)
}

fn phone_target(callee: &Callee, rules: &Rules) -> Result<Target, Refusal> {
    let number = callee.phone.clone().ok_or(Refusal::Phone)?;
    let channel = rules.channels.for_numbers().ok_or(Refusal::Channel)?;
    Ok(Target {
        channel: channel.id.clone(),
        ahead: channel.submits == Submits::Ahead,
        address: number,
        environment: String::new(),
        device: None,
    })
}

async fn app_target(
    c: &mut Conn,
    call: &Call,
    rules: &Rules,
    avoided: Option<&str>,
) -> Result<Result<Target, Refusal>, DbError> {
    let targets = ring_targets::of_callee(c, call.callee_id).await?;
    if targets.is_empty() {
        return Ok(Err(Refusal::Device));
    }
    let used = ring_attempts::of_call(c, call.id).await?;
    let fresh = targets
        .into_iter()
        .filter(|target| avoided != Some(target.channel.as_str()))
        .filter(|target| !used.iter().any(|attempt| attempt.try_no == call.tries && attempt.address == target.address));
    let mut refusal = Refusal::Device;
    for target in fresh {
        if let Some(channel) = rules.channels.for_device(&target.channel) {
            return Ok(Ok(Target {
                channel: target.channel,
                ahead: channel.submits == Submits::Ahead,
                address: target.address,
                environment: target.environment,
                device: Some((target.device_id, target.push_address_id)),
            }));
        }
        refusal = Refusal::Channel;
    }
    Ok(Err(refusal))
}
