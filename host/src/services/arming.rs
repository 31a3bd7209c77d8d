//! Arming: choosing where a try rings, and recording it before anything is sent.

use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::ring_targets::{self, RingTarget};
use crate::db::{Conn, DbError};
use crate::domain::manifest::{ChannelInfo, Reaches, Submits};
use crate::domain::{AttemptId, AttemptState, CallMethod, CallReason, Fault, GroupId};
use crate::plugins::Plugins;
use crate::services::calls::Rules;
use crate::services::staff_alerts::{self, Trouble};

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

    /// What this channel is told of the callee.
    pub(crate) fn told(&self, id: &str) -> Told {
        match self.0.iter().find(|channel| channel.id == id) {
            Some(channel) if !channel.is_told => Told::Nothing,
            Some(channel) if matches!(channel.reaches, Reaches::Device(_)) => Told::Name,
            Some(_) => Told::All,
            None => Told::Nothing,
        }
    }

    fn for_numbers(&self) -> Option<&ChannelInfo> {
        self.0.iter().find(|channel| channel.reaches == Reaches::Number)
    }
}

/// What a channel is told of the callee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nothing: it did not ask, or is not loaded.
    Nothing,
    /// Who is called, which a ringing device shows. The agent there is told the rest when the device answers.
    Name,
    /// What the agent is told: who dials a number hands it over.
    All,
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
    /// The callee's devices have addresses that cannot be read.
    Sealed,
}

impl Refusal {
    /// The reason of a call that ends for it.
    pub(crate) const fn reason(self) -> CallReason {
        match self {
            Self::Consent => CallReason::NoConsent,
            Self::Phone => CallReason::NoPhone,
            Self::Device => CallReason::NoDevice,
            Self::Channel => CallReason::NoChannel,
            Self::Sealed => CallReason::Misconfigured,
        }
    }
}

/// Tells the staff of what only they can mend.
pub(crate) async fn tell_staff(c: &mut Conn, reason: CallReason, rules: &Rules) -> Result<(), DbError> {
    let trouble = match reason {
        CallReason::Misconfigured => Trouble::new(Fault::Sealed, staff_alerts::SEALING_KEY, ""),
        CallReason::NoChannel => Trouble::new(Fault::NoChannel, staff_alerts::PLUGINS, ""),
        _ => return Ok(()),
    };
    staff_alerts::open(c, &trouble, rules.now).await
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
    let targets = match call.call_method {
        CallMethod::Phone => Vec::new(),
        CallMethod::App => unused_targets(c, call, None, rules).await?,
    };
    match choose(callee, call.call_method, &targets, rules) {
        Ok(target) => Ok(Ok(arm_at(c, call, target, rules).await?)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Where else the call's present try can ring: at another device, and when the channel of an attempt is left alone that
/// was not sent for it, on another channel.
pub(crate) async fn elsewhere(
    c: &mut Conn,
    call: &Call,
    callee: &Callee,
    turned_away: Option<&RingAttempt>,
    rules: &Rules,
) -> Result<Option<Target>, DbError> {
    if call.call_method == CallMethod::Phone {
        return Ok(None);
    }
    let mut targets = unused_targets(c, call, turned_away.map(|attempt| attempt.id), rules).await?;
    targets.retain(|target| turned_away.is_none_or(|attempt| target.channel != attempt.channel));
    Ok(choose(callee, call.call_method, &targets, rules).ok())
}

/// Records a ring attempt at this target. No host holds it yet.
pub(crate) async fn arm_at(c: &mut Conn, call: &Call, target: Target, rules: &Rules) -> Result<AttemptId, DbError> {
    let attempt = target.attempt(call, rules);
    ring_attempts::add(c, &attempt).await?;
    Ok(attempt.id)
}

impl Target {
    /// The device that it is, if it is one.
    pub(crate) fn device(&self) -> Option<crate::domain::DeviceId> {
        self.device.map(|(device, _)| device)
    }

    /// What the channel is told of the callee before it rings.
    pub(crate) fn told(&self, rules: &Rules) -> Told {
        rules.channels.told(&self.channel)
    }

    /// The armed attempt of the call's present try at this target.
    pub(crate) fn attempt(self, call: &Call, rules: &Rules) -> RingAttempt {
        RingAttempt {
            id: AttemptId::new(),
            call_id: call.id,
            try_no: call.tries,
            channel: self.channel,
            ahead: self.ahead,
            device_id: self.device.map(|(device, _)| device),
            push_address_id: self.device.map(|(_, address)| address),
            address: self.address,
            environment: self.environment,
            group_id: GroupId::new(),
            state: AttemptState::Armed,
            reason: None,
            ring_at: call.ring_at,
            expires_at: call.expires_at,
            act_at: Some(if self.ahead { rules.now } else { call.ring_at.max(rules.now) }),
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
        }
    }
}

/// Chooses where a callee is rung: the number, or the first of these targets whose channel is on.
pub(crate) fn choose(
    callee: &Callee,
    method: CallMethod,
    targets: &[RingTarget],
    rules: &Rules,
) -> Result<Target, Refusal> {
    if callee.consent_at.is_none() {
        return Err(Refusal::Consent);
    }
    match method {
        CallMethod::Phone => phone_target(callee, rules),
        CallMethod::App => app_target(targets, rules),
    }
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

fn app_target(targets: &[RingTarget], rules: &Rules) -> Result<Target, Refusal> {
    let on: Vec<_> =
        targets.iter().filter_map(|target| Some((target, rules.channels.for_device(&target.channel)?))).collect();
    let mut read = on.iter().filter_map(|(target, channel)| Some((target, channel, rules.sealer.renewed(target)?)));
    let Some((target, channel, address)) = read.next() else {
        return Err(match (targets, &on[..]) {
            ([], _) => Refusal::Device,
            (_, []) => Refusal::Channel,
            _ => Refusal::Sealed,
        });
    };
    Ok(Target {
        channel: target.channel.clone(),
        ahead: channel.submits == Submits::Ahead,
        address,
        environment: target.environment.clone(),
        device: Some((target.device_id, target.push_address_id)),
    })
}

/// The callee's targets that the call's present try has not used. A device that may ring already is not rung at another
/// of its addresses too: it would not know the second ring for the first. `unsent` is an attempt that was not sent.
async fn unused_targets(
    c: &mut Conn,
    call: &Call,
    unsent: Option<AttemptId>,
    rules: &Rules,
) -> Result<Vec<RingTarget>, DbError> {
    let mut used = ring_attempts::of_call(c, call.id).await?;
    used.retain(|used| used.try_no == call.tries);
    let mut targets = ring_targets::of_callee(c, call.callee_id).await?;
    targets.retain(|target| {
        !used.iter().any(|used| {
            let may_ring = used.accepted_at.is_some() || AttemptState::OPEN.contains(&used.state);
            let rings_there = used.device_id == Some(target.device_id) && may_ring && Some(used.id) != unsent;
            rules.sealer.is_same_address(&used.address, &target.address) || rings_there
        })
    });
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use super::{Channels, Told};
    use crate::domain::DevicePlatform;
    use crate::domain::manifest::{ChannelInfo, Reaches, Submits};

    fn channel(id: &str, reaches: Reaches, is_told: bool) -> ChannelInfo {
        ChannelInfo { id: id.into(), reaches, submits: Submits::Moment, version: "1.0.0".into(), is_told }
    }

    #[test]
    fn vendor_that_only_has_a_device_ring_is_told_who_is_called_and_nothing_of_the_last_talk() {
        let channels = Channels(vec![
            channel("push", Reaches::Device(DevicePlatform::Android), true),
            channel("curt-push", Reaches::Device(DevicePlatform::Ios), false),
            channel("dialler", Reaches::Number, true),
            channel("curt-dialler", Reaches::Number, false),
        ]);
        let told = ["push", "curt-push", "dialler", "curt-dialler", "gone"].map(|id| channels.told(id));
        assert_eq!(told, [Told::Name, Told::Nothing, Told::All, Told::Nothing, Told::Nothing]);
    }
}
