//! The same plugins compiled natively, with the same input in the SDK's types: the baseline.

use callpanion::plugins::wit;
use callpanion_apns_voip::ApnsVoip;
use callpanion_elevenlabs::ElevenLabs;
use callpanion_family_summary::FamilySummary;
use callpanion_plugin_api::channel::{Channel as _, Ring, Verdict};
use callpanion_plugin_api::provider::{Provider as _, Speaker, Turn};
use callpanion_plugin_api::renderer::{Material, Renderer as _};
use callpanion_plugin_api::{Answer, Context, Ctx, Response, Stop};

pub(crate) fn context(given: wit::Context) -> Context {
    let wit::Context { now_ms, locale, settings, entropy, extra } = given;
    Context { now_ms, locale, settings, entropy, extra }
}

pub(crate) fn rings(given: Vec<wit::RingAttempt>) -> Vec<Ring> {
    let ring = |ring: wit::RingAttempt| Ring {
        ring_id: ring.ring_id,
        call_id: ring.call_id,
        group_id: ring.group_id,
        family_id: ring.family_id,
        callee_id: ring.callee_id,
        address: ring.address,
        environment: ring.environment,
        ring_at_ms: ring.ring_at_ms,
        expires_at_ms: ring.expires_at_ms,
        language: ring.language,
        zone: ring.zone,
        variables: ring.variables,
        extra: ring.extra,
    };
    given.into_iter().map(ring).collect()
}

pub(crate) fn answer(given: wit::Answer) -> Answer {
    match given {
        wit::Answer::Response(wit::Response { status, headers, body }) => {
            Answer::Response(Response { status, headers, body })
        }
        wit::Answer::Unsent(why) => Answer::Unsent(why),
        wit::Answer::Unknown(why) => Answer::Unknown(why),
    }
}

pub(crate) fn material(given: wit::Material) -> Material {
    let turn = |turn: wit::shared::Turn| Turn {
        speaker: match turn.speaker {
            wit::shared::Speaker::Agent => Speaker::Agent,
            wit::shared::Speaker::Callee => Speaker::Callee,
        },
        text: turn.text,
        at_s: turn.at_s,
    };
    Material {
        callee_name: given.callee_name,
        language: given.language,
        turns: given.turns.into_iter().map(turn).collect(),
        provider_summary: given.provider_summary,
        collected: Vec::new(),
        duration_s: given.duration_s,
        extra: given.extra,
    }
}

pub(crate) fn ring(context: Context, rings: Vec<Ring>, answers: Vec<Answer>) -> Result<Vec<Verdict>, Stop> {
    ApnsVoip::ring(&mut Ctx::new(context, answers), rings)
}

pub(crate) fn read_webhook(context: Context, body: &[u8]) -> usize {
    std::mem::size_of_val(&std::hint::black_box(ElevenLabs::read_webhook(&Ctx::new(context, Vec::new()), &[], body)))
}

pub(crate) fn render(context: Context, material: Material) -> usize {
    FamilySummary::render(&Ctx::new(context, Vec::new()), material).blocks.len()
}
