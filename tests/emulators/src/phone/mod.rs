//! Emulated phones: one with the existing Android app, one with our own iPhone app, and browsers.
//!
//! FCM, APNs and a push service ring them; they speak to the host only over HTTP, as phones do,
//! and join conversations at the ElevenLabs emulator. Each remembers what
//! reached it, so that a test can say "rang once, on time".

mod android;
mod browser;
mod iphone;
mod record;
mod ring;

use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::apns::Environment;
use crate::eleven::ElevenLabs;
use crate::fcm::Fcm;
use crate::pace::Pace;
use crate::push_service::PushService;
use crate::scripts::{self, Language, Script};
use crate::witness::Witness;
use crate::{Apns, hold};

use record::Memory;
pub use record::{Exchange, Outcome, PhoneError, Push, Ring};

/// Called with a push when one is delivered.
pub(crate) type Doorbell = Arc<dyn Fn(Push) + Send + Sync>;

/// What the callee does when the phone rings.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// Answers and talks along the script.
    Answer {
        /// How long it rings first, ms.
        after_ms: i64,
        /// What is said.
        script: Script,
    },
    /// Presses the red button.
    Decline {
        /// How long it rings first, ms.
        after_ms: i64,
    },
    /// Lets it ring.
    Ignore,
}

impl Behaviour {
    /// Answers after three seconds.
    pub fn answer(script: Script) -> Self {
        Self::Answer { after_ms: 3000, script }
    }
}

/// One emulated phone. Clones are the same phone.
#[derive(Clone)]
pub struct Phone(Arc<State>);

struct State {
    name: String,
    make: Make,
    pace: Pace,
    witness: Witness,
    eleven: ElevenLabs,
    http: reqwest::Client,
    memory: Mutex<Memory>,
}

/// Which app is on the phone, and who can ring it.
enum Make {
    Android(Fcm),
    Iphone(Apns, Environment),
    Browser(PushService),
}

impl Phone {
    pub(crate) fn android(
        name: &str,
        pace: &Pace,
        witness: &Witness,
        eleven: &ElevenLabs,
        fcm: &Fcm,
    ) -> Result<Self, reqwest::Error> {
        Self::new(name, Make::Android(fcm.clone()), pace, witness, eleven)
    }

    pub(crate) fn iphone(
        name: &str,
        pace: &Pace,
        witness: &Witness,
        eleven: &ElevenLabs,
        apns: &Apns,
        environment: Environment,
    ) -> Result<Self, reqwest::Error> {
        Self::new(name, Make::Iphone(apns.clone(), environment), pace, witness, eleven)
    }

    pub(crate) fn browser(
        name: &str,
        pace: &Pace,
        witness: &Witness,
        eleven: &ElevenLabs,
        service: &PushService,
    ) -> Result<Self, reqwest::Error> {
        Self::new(name, Make::Browser(service.clone()), pace, witness, eleven)
    }

    fn new(
        name: &str,
        make: Make,
        pace: &Pace,
        witness: &Witness,
        eleven: &ElevenLabs,
    ) -> Result<Self, reqwest::Error> {
        let phone = Self(Arc::new(State {
            name: name.to_owned(),
            make,
            pace: pace.clone(),
            witness: witness.clone(),
            eleven: eleven.clone(),
            http: crate::loopback_client()?,
            memory: Mutex::new(Memory::new(Behaviour::answer(scripts::cheerful(Language::English)))),
        }));
        phone.install();
        Ok(phone)
    }

    /// Gets a push address from the vendor, as a freshly installed app does.
    fn install(&self) {
        let address = match &self.0.make {
            Make::Android(fcm) => fcm.register(self.doorbell()),
            Make::Iphone(apns, environment) => apns.register(*environment, self.doorbell()),
            // It subscribes once it knows its host's key.
            Make::Browser(_) => String::new(),
        };
        hold(&self.0.memory).address = address;
    }

    fn doorbell(&self) -> Doorbell {
        // Weak: a vendor's registration does not keep a phone alive that the world has dropped.
        let phone = Arc::downgrade(&self.0);
        Arc::new(move |push| {
            if let Some(phone) = phone.upgrade() {
                Phone(phone).receive(&push);
            }
        })
    }

    /// The name given when it was made; the callee's name in conversations that carry none.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The push address: FCM registration token, hexadecimal VoIP device token, or a browser's subscription.
    pub fn push_address(&self) -> String {
        hold(&self.0.memory).address.clone()
    }

    /// The channel word of our device API for the push address.
    pub fn channel(&self) -> &'static str {
        match self.0.make {
            Make::Android(_) => "fcm",
            Make::Iphone(..) => "apns-voip",
            Make::Browser(_) => "web-push",
        }
    }

    /// The provider's library in its app, and its version.
    fn sdk(&self) -> (&'static str, &'static str) {
        match self.0.make {
            Make::Android(_) => ("android_sdk", "0.2.0"),
            Make::Iphone(..) => ("swift_sdk", "2.0.0"),
            Make::Browser(_) => ("js_sdk", "1.25.0"),
        }
    }

    /// What the callee does at each ring from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.behave_in_turn(vec![behaviour]);
    }

    /// What the callee does ring after ring; the last stays.
    pub fn behave_in_turn(&self, behaviours: Vec<Behaviour>) {
        hold(&self.0.memory).behaviours = behaviours.into();
    }

    /// Claims the six-digit code at the host with this base URL and registers the push address.
    pub async fn pair(&self, base_url: &str, code: &str) -> Result<(), PhoneError> {
        base_url.trim_end_matches('/').clone_into(&mut hold(&self.0.memory).base_url);
        match &self.0.make {
            Make::Android(_) => self.pair_android(code).await,
            Make::Iphone(_, environment) => self.pair_iphone(code, *environment).await,
            Make::Browser(service) => self.pair_browser(code, service).await,
        }
    }

    /// What the app keeps of a pairing that was made before.
    pub fn was_paired(&self, household_id: &str, relative_id: &str) {
        let (household_id, relative_id) = (household_id.to_owned(), relative_id.to_owned());
        hold(&self.0.memory).pairing = Some(record::Pairing { secret: String::new(), household_id, relative_id });
    }

    /// Sends the push address to the host again, as each cold start does.
    pub async fn register(&self) -> Result<(), PhoneError> {
        match &self.0.make {
            Make::Android(_) => self.register_android(None).await,
            Make::Iphone(_, environment) => self.register_iphone(*environment).await,
            Make::Browser(service) => self.register_browser(service).await,
        }
    }

    /// The vendor replaces the push address; the old one is dead and the new one is registered.
    pub async fn rotate_address(&self) -> Result<(), PhoneError> {
        self.uninstall();
        self.install();
        self.register().await
    }

    /// The app comes to the foreground: Android asks for calls that it may have missed and rings
    /// the first that is due, the others send a heartbeat.
    pub async fn resume(&self) -> Result<Value, PhoneError> {
        match &self.0.make {
            Make::Android(_) => self.check_scheduled_calls(true).await,
            Make::Iphone(..) | Make::Browser(_) => self.heartbeat().await,
        }
    }

    /// The app is removed: the vendor reports the address as unregistered from now on.
    pub fn uninstall(&self) {
        let address = self.push_address();
        match &self.0.make {
            Make::Android(fcm) => fcm.unregister(&address),
            Make::Iphone(apns, environment) => apns.unregister(*environment, &address),
            Make::Browser(service) => service.unsubscribe(&address),
        }
    }

    /// No network: the vendor keeps what may be kept.
    pub fn go_offline(&self) {
        hold(&self.0.memory).offline = true;
    }

    /// Back in the network: what was kept and has not expired arrives now.
    pub fn go_online(&self) {
        let kept = {
            let mut memory = hold(&self.0.memory);
            memory.offline = false;
            std::mem::take(&mut memory.kept)
        };
        let now = self.0.pace.now_ms();
        for push in kept.into_iter().filter(|push| push.expires_at_ms > now) {
            self.take_in(&push);
        }
    }

    /// Every push that the vendor handed to this phone, oldest first, duplicates included.
    pub fn pushes(&self) -> Vec<Push> {
        hold(&self.0.memory).pushes.clone()
    }

    /// Every time it really rang: late and known sessions do not ring.
    pub fn rings(&self) -> Vec<Ring> {
        hold(&self.0.memory).rings.clone()
    }

    /// How many pushes were dropped because their time to live had passed.
    pub fn dropped_late(&self) -> usize {
        hold(&self.0.memory).dropped_late
    }

    /// Every request that it made of the host, oldest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        hold(&self.0.memory).exchanges.clone()
    }

    /// The device secret (`pairingToken` of the existing app), once paired.
    pub fn device_secret(&self) -> Option<String> {
        hold(&self.0.memory).pairing.as_ref().map(|pairing| pairing.secret.clone())
    }
}
