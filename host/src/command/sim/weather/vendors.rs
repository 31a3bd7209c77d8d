//! What vendors do: fail, are crowded, hang, drop the connection before or after they took a request, and lose, double
//! or delay webhooks. All of it holds for a span of time, so that the order of requests within a moment changes nothing.

use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::eleven::webhooks::Delivery;
use callpanion_emulators::{Environment, Fault, World, apns, fcm};

use super::{Change, Drawn};
use crate::command::sim::calendar::Promise;
use crate::command::sim::dice::Dice;
use crate::command::sim::neighbourhood::{Home, Reached};
use crate::domain::Moment;

/// One promise in so many has a vendor in trouble.
const ONE_IN: usize = 8;
const MINUTE_S: i64 = 60;

/// Who fails, and how.
#[derive(Clone, Debug)]
pub(in crate::command::sim) enum Trouble {
    /// Pushes to Android.
    Fcm(Fault),
    /// Google's sign-in.
    Google(Fault),
    /// Pushes to iPhones.
    Apns(Fault),
    /// Some requests to the provider.
    Eleven(Vec<Op>, Fault),
    /// Webhooks are lost.
    WebhooksLost,
    /// Webhooks come so many times.
    WebhooksDoubled(usize),
    /// Webhooks come so much later.
    WebhooksLate(i64),
    /// Webhooks are signed with another secret.
    WebhooksForged,
    /// Webhooks are posted again when the host does not take them.
    WebhooksRepeated,
}

pub(super) fn apply<'a>(world: &World, troubles: impl Iterator<Item = &'a Trouble>) {
    const PRODUCTION: Environment = Environment::Production;
    world.fcm.faults().clear();
    world.fcm.token_faults().clear();
    world.apns.faults(PRODUCTION).clear();
    world.eleven.mend();
    world.eleven.deliver(|delivery| *delivery = Delivery::default());
    for trouble in troubles {
        match trouble {
            Trouble::Fcm(fault) => world.fcm.faults().always(fault.clone()),
            Trouble::Google(fault) => world.fcm.token_faults().always(fault.clone()),
            Trouble::Apns(fault) => world.apns.faults(PRODUCTION).always(fault.clone()),
            Trouble::Eleven(ops, fault) => ops.iter().for_each(|op| world.eleven.fail_always(*op, fault.clone())),
            Trouble::WebhooksLost => world.eleven.deliver(|delivery| delivery.dropped = true),
            Trouble::WebhooksDoubled(copies) => world.eleven.deliver(|delivery| delivery.copies = *copies),
            Trouble::WebhooksLate(ms) => world.eleven.deliver(|delivery| delivery.delay_ms = *ms),
            Trouble::WebhooksForged => world.eleven.deliver(|delivery| delivery.bad_signature = true),
            Trouble::WebhooksRepeated => world.eleven.deliver(|delivery| delivery.retries = true),
        }
    }
}

pub(super) fn draw(drawn: &mut Drawn, seed: u64, homes: &[Home], promises: &[Promise]) {
    let mut dice = Dice::new(seed, "vendors", 0);
    let aims = drawn.aims(&mut dice, promises, ONE_IN);
    // A request that hangs is waited for in real time, so there is one.
    let mut hangs = 1;
    for (number, promise) in aims.into_iter().enumerate() {
        let reached = homes.iter().find(|home| home.parent.number == promise.parent).map(|home| home.parent.reached);
        let (name, trouble, from, to) = if dice.chance(35) {
            webhooks(&mut dice, promise)
        } else {
            match reached {
                Some(Reached::Line) => provider(&mut dice, promise, &mut hangs),
                Some(_) if dice.chance(35) => token(&mut dice, promise),
                Some(Reached::Iphone) => apns(&mut dice, promise, &mut hangs),
                _ => fcm(&mut dice, promise, &mut hangs),
            }
        };
        drawn.count(name);
        drawn.add(from, Change::Trouble { number, begins: Some(trouble) });
        drawn.add(to.min(drawn.calm), Change::Trouble { number, begins: None });
    }
}

type Drawing = (&'static str, Trouble, Moment, Moment);

/// Around the moment of a ring: seconds, or many minutes.
fn around(dice: &mut Dice, at: Moment) -> (Moment, Moment) {
    let from = at.plus_secs(-dice.between(0, 400));
    let length_s = if dice.chance(60) { dice.between(1, 30) } else { dice.between(MINUTE_S, 25 * MINUTE_S) };
    (from, at.plus_secs(length_s))
}

/// Just one hand-over.
fn at_the_moment(at: Moment) -> (Moment, Moment) {
    (Moment(at.0 - 1_000), Moment(at.0 + 500_000))
}

/// In both cases nobody hears an answer. Other requests on the same connection go on: which of them there are depends on
/// the machine.
fn cut(dice: &mut Dice) -> (&'static str, Fault) {
    if dice.chance(60) {
        ("replies lost", Fault::taken_then_broken_off())
    } else {
        ("requests lost", Fault::broken_off())
    }
}

fn hang(dice: &mut Dice) -> Fault {
    if dice.chance(50) { Fault::taken_then_hang() } else { Fault::hang() }
}

fn fcm(dice: &mut Dice, promise: &Promise, hangs: &mut usize) -> Drawing {
    let (from, to) = around(dice, promise.at);
    let unavailable = || Fault::from(fcm::Refusal::Unavailable);
    let (name, fault) = match dice.between(0, 6) {
        0 => ("FCM down", unavailable()),
        1 => ("FCM down", unavailable().retry_after(dice.between(1, 40).to_string())),
        2 => ("FCM down", Fault::html(502)),
        3 => ("FCM crowded", Fault::from(fcm::Refusal::QuotaExceeded).retry_after(dice.between(1, 30).to_string())),
        4 => return ("Google's sign-in down", Trouble::Google(Fault::html(503)), from, to),
        5 if *hangs > 0 => {
            *hangs -= 1;
            let (from, to) = at_the_moment(promise.at);
            return ("vendors silent", Trouble::Fcm(hang(dice)), from, to);
        }
        _ => cut(dice),
    };
    (name, Trouble::Fcm(fault), from, to)
}

fn apns(dice: &mut Dice, promise: &Promise, hangs: &mut usize) -> Drawing {
    let (from, to) = around(dice, promise.at);
    let (name, fault) = match dice.between(0, 4) {
        0 => ("APNs down", apns::refusal("ServiceUnavailable")),
        1 => ("APNs down", apns::refusal("InternalServerError")),
        2 => ("APNs crowded", apns::refusal("TooManyRequests").retry_after(dice.between(1, 30).to_string())),
        3 if *hangs > 0 => {
            *hangs -= 1;
            let (from, to) = at_the_moment(promise.at);
            return ("vendors silent", Trouble::Apns(hang(dice)), from, to);
        }
        _ => cut(dice),
    };
    (name, Trouble::Apns(fault), from, to)
}

/// No conversation for who picks up.
fn token(dice: &mut Dice, promise: &Promise) -> Drawing {
    let (from, to) = around(dice, promise.at.plus_secs(5));
    let fault = match dice.between(0, 3) {
        0 => Fault::from(Refusal::UNAVAILABLE),
        1 => Fault::from(Refusal::CONCURRENCY),
        2 => Fault::from(Refusal::RATE).retry_after("2"),
        _ => Fault::taken_then_broken_off(),
    };
    ("ElevenLabs without tokens", Trouble::Eleven(vec![Op::Token], fault), from, to)
}

fn provider(dice: &mut Dice, promise: &Promise, hangs: &mut usize) -> Drawing {
    const ALL: [Op; 6] = [Op::Submit, Op::Batches, Op::Batch, Op::Cancel, Op::Conversation, Op::Conversations];
    let handed_over = promise.at.plus_secs(-300);
    let (from, to) = around(dice, handed_over);
    match dice.between(0, 6) {
        0 => ("ElevenLabs takes no batches", Trouble::Eleven(vec![Op::Submit], Refusal::UNAVAILABLE.into()), from, to),
        1 => ("ElevenLabs takes no batches", Trouble::Eleven(vec![Op::Submit], Refusal::RATE.into()), from, to),
        2 => {
            let (name, fault) = cut(dice);
            (name, Trouble::Eleven(vec![Op::Submit], fault), from, to)
        }
        3 if *hangs > 0 => {
            *hangs -= 1;
            let (from, to) = at_the_moment(handed_over);
            ("vendors silent", Trouble::Eleven(vec![Op::Submit], hang(dice)), from, to)
        }
        4 => {
            let (from, to) = around(dice, promise.at);
            let looks = vec![Op::Batches, Op::Batch, Op::Conversation];
            ("ElevenLabs answers no questions", Trouble::Eleven(looks, Refusal::UNAVAILABLE.into()), from, to)
        }
        _ => {
            let begins = promise.at.plus_secs(-dice.between(0, 320));
            let (from, to) = around(dice, begins);
            ("ElevenLabs down", Trouble::Eleven(ALL.to_vec(), Refusal::UNAVAILABLE.into()), from, to)
        }
    }
}

fn webhooks(dice: &mut Dice, promise: &Promise) -> Drawing {
    let (from, to) = (promise.at, promise.at.plus_secs(dice.between(60, 1_500)));
    match dice.between(0, 6) {
        0..=2 => ("webhooks lost", Trouble::WebhooksLost, from, to),
        3 => {
            let copies = usize::try_from(dice.between(2, 4)).unwrap_or(2);
            ("webhooks doubled", Trouble::WebhooksDoubled(copies), from, to)
        }
        4 => ("webhooks late", Trouble::WebhooksLate(dice.between(20_000, 3_600_000)), from, to),
        5 => ("webhooks forged", Trouble::WebhooksForged, from, to),
        _ => ("webhooks repeated", Trouble::WebhooksRepeated, from, to),
    }
}
