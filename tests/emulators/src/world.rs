//! One world: all emulators and phones of a demo or a test, started and stopped together.

use std::sync::{Arc, Mutex};

use crate::apns::{Apns, Environment};
use crate::eleven::ElevenLabs;
use crate::eleven::lines::Line;
use crate::fcm::Fcm;
use crate::hold;
use crate::keys::KeyError;
use crate::pace::Pace;
use crate::phone::Phone;
use crate::push_service::PushService;
use crate::relay::Relay;
use crate::time::{SystemTime, Time};
use crate::twilio::Twilio;
use crate::witness::Witness;

/// What a world is made of.
#[derive(Clone)]
pub struct WorldConfig {
    /// The clock that everyone in it reads.
    pub time: Arc<dyn Time>,
    /// Bundle id of the emulated iPhone app.
    pub bundle_id: String,
}

impl WorldConfig {
    /// A world that lives in `time`.
    pub fn new(time: Arc<dyn Time>) -> Self {
        Self { time, bundle_id: "org.example.callpanion".to_owned() }
    }
}

impl Default for WorldConfig {
    fn default() -> Self {
        Self::new(Arc::new(SystemTime))
    }
}

/// A world could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No loopback port.
    #[error("no loopback port could be opened")]
    Port(#[from] std::io::Error),
    /// No key pair.
    #[error(transparent)]
    Key(KeyError),
    /// No HTTP client.
    #[error("the HTTP client of the emulators could not be built")]
    Client(#[from] reqwest::Error),
}

/// Everything that a host's configuration needs to live in this world.
#[derive(Clone, Debug)]
pub struct Settings {
    /// In place of `https://fcm.googleapis.com`.
    pub fcm_url: String,
    /// The Firebase project.
    pub fcm_project_id: String,
    /// The service account file; its `token_uri` is the emulator's.
    pub fcm_service_account_json: String,
    /// In place of `https://api.push.apple.com`.
    pub apns_production_url: String,
    /// In place of `https://api.sandbox.push.apple.com`.
    pub apns_sandbox_url: String,
    /// `iss` of provider tokens.
    pub apns_team_id: String,
    /// `kid` of provider tokens.
    pub apns_key_id: String,
    /// The `.p8` file.
    pub apns_auth_key_pem: String,
    /// The app; the topic is this and `.voip`.
    pub apns_bundle_id: String,
    /// In place of the push services of browsers.
    pub push_service_url: String,
    /// In place of `https://api.elevenlabs.io`.
    pub eleven_url: String,
    /// The `xi-api-key`.
    pub eleven_api_key: String,
    /// The agent of phone calls.
    pub phone_agent_id: String,
    /// The agent of calls in the app.
    pub app_agent_id: String,
    /// The number that batches call from.
    pub phone_number_id: String,
    /// What webhooks are signed with.
    pub webhook_secret: String,
    /// In place of `https://api.twilio.com`, `https://lookups.twilio.com` and `https://messaging.twilio.com`.
    pub twilio_url: String,
    /// The Twilio account.
    pub twilio_account_sid: String,
    /// Its auth token, which signs callbacks too.
    pub twilio_auth_token: String,
    /// The number that sends text messages.
    pub twilio_from: String,
}

/// All emulators and phones. Dropping it ends their tasks; [`World::stop`] also waits for them.
pub struct World {
    /// FCM and Google's token endpoint.
    pub fcm: Fcm,
    /// APNs, both environments.
    pub apns: Apns,
    /// The push service of all browsers.
    pub push_service: PushService,
    /// ElevenLabs and the lines that its batches dial.
    pub eleven: ElevenLabs,
    /// Text messages, and what kind of line a number is.
    pub twilio: Twilio,
    /// A vendor of nobody in particular, for plugins that are being written.
    pub relay: Relay,
    pace: Pace,
    witness: Witness,
    phones: Mutex<Vec<Phone>>,
}

impl World {
    /// Opens all ports on loopback.
    pub async fn start(config: WorldConfig) -> Result<Self, StartError> {
        let (pace, witness) = (Pace::new(config.time), Witness::default());
        Ok(Self {
            fcm: Fcm::start(&pace, &witness).await?,
            apns: Apns::start(&pace, &witness, &config.bundle_id).await?,
            push_service: PushService::start(&pace, &witness).await?,
            eleven: ElevenLabs::start(&pace, &witness).await?,
            twilio: Twilio::start(&pace, &witness).await?,
            relay: Relay::start(&pace, &witness).await?,
            pace,
            witness,
            phones: Mutex::default(),
        })
    }

    /// What to write into the host's configuration.
    pub fn settings(&self) -> Settings {
        Settings {
            fcm_url: self.fcm.url().to_owned(),
            fcm_project_id: self.fcm.project_id().to_owned(),
            fcm_service_account_json: self.fcm.service_account_json(),
            apns_production_url: self.apns.url(Environment::Production).to_owned(),
            apns_sandbox_url: self.apns.url(Environment::Sandbox).to_owned(),
            apns_team_id: self.apns.team_id().to_owned(),
            apns_key_id: self.apns.key_id().to_owned(),
            apns_auth_key_pem: self.apns.auth_key_pem().to_owned(),
            apns_bundle_id: self.apns.bundle_id().to_owned(),
            push_service_url: self.push_service.url().to_owned(),
            eleven_url: self.eleven.url().to_owned(),
            eleven_api_key: self.eleven.api_key().to_owned(),
            phone_agent_id: self.eleven.phone_agent_id().to_owned(),
            app_agent_id: self.eleven.app_agent_id().to_owned(),
            phone_number_id: self.eleven.phone_number_id().to_owned(),
            webhook_secret: self.eleven.webhook_secret().to_owned(),
            twilio_url: self.twilio.url().to_owned(),
            twilio_account_sid: self.twilio.account_sid().to_owned(),
            twilio_auth_token: self.twilio.auth_token().to_owned(),
            twilio_from: self.twilio.from_number().to_owned(),
        }
    }

    /// Where ElevenLabs posts its webhooks.
    pub fn set_webhook_url(&self, url: impl Into<String>) {
        self.eleven.set_webhook_url(url);
    }

    /// A new Android phone with the existing app, not yet paired.
    pub fn android(&self, name: &str) -> Result<Phone, StartError> {
        let phone = Phone::android(name, &self.pace, &self.witness, &self.eleven, &self.fcm)?;
        Ok(self.keep(phone))
    }

    /// A new iPhone with our app from the App Store, not yet paired.
    pub fn iphone(&self, name: &str) -> Result<Phone, StartError> {
        self.iphone_in(name, Environment::Production)
    }

    /// A new iPhone whose app lives in this APNs environment.
    pub fn iphone_in(&self, name: &str, environment: Environment) -> Result<Phone, StartError> {
        let phone = Phone::iphone(name, &self.pace, &self.witness, &self.eleven, &self.apns, environment)?;
        Ok(self.keep(phone))
    }

    /// A new browser, not yet paired. It subscribes to the key of the host that it is paired with.
    pub fn browser(&self, name: &str) -> Result<Phone, StartError> {
        let phone = Phone::browser(name, &self.pace, &self.witness, &self.eleven, &self.push_service)?;
        Ok(self.keep(phone))
    }

    fn keep(&self, phone: Phone) -> Phone {
        hold(&self.phones).push(phone.clone());
        phone
    }

    /// Every phone made so far.
    pub fn phones(&self) -> Vec<Phone> {
        hold(&self.phones).clone()
    }

    /// What happens when a batch dials `number` (E.164).
    pub fn line(&self, number: &str, line: Line) {
        self.eleven.line(number, line);
    }

    /// Requests that a correct host never sends; a test that ends with any has failed.
    pub fn unexpected(&self) -> Vec<String> {
        self.witness.all()
    }

    /// Takes the unexpected requests off the list, for a test that sent them on purpose.
    pub fn take_unexpected(&self) -> Vec<String> {
        self.witness.take()
    }

    /// Waits until nobody in this world has anything to do before the clock moves again.
    ///
    /// For a clock that a test moves: advance, settle, look. False if that took longer than 30 s.
    pub async fn settle(&self) -> bool {
        self.pace.settle().await
    }

    /// When somebody in this world does something next, ms on its clock: nothing happens before, unless it is asked.
    pub fn next_ms(&self) -> Option<i64> {
        self.pace.next_ms()
    }

    /// Waits until `reached` holds, looking again whenever an emulator recorded something; false after 30 s.
    pub async fn until(&self, reached: impl Fn(&Self) -> bool) -> bool {
        self.pace.until(|| reached(self)).await
    }

    /// Ends everything and waits for it.
    pub async fn stop(&self) {
        self.pace.cancel();
        self.pace.ended().await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.pace.cancel();
    }
}
