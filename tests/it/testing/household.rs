//! Households: a family with a callee, planted through the services as the pages would do it.

use std::sync::atomic::{AtomicUsize, Ordering};

use callpanion::domain::{AccountId, CallMethod, CalleeId, DeviceId, FamilyId, Locale};
use callpanion::services::accounts::{self, SignUp};
use callpanion::services::callees::Details;
use callpanion::services::schedules::{self, SlotInput};
use callpanion::services::{devices, onboarding, pairings};
use callpanion_emulators::{Phone, Script, push_service};

use super::{Browser, TestApp};

/// What every household types as its password.
pub const PASSWORD: &str = "four-green-umbrellas";
/// The words of consent.
const CONSENT: &str = "She knows about the calls and agreed to them on the phone.";

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A family with one account and one callee.
#[derive(Clone, Debug)]
pub struct Household {
    /// The daughter's account.
    pub account: AccountId,
    /// Her address.
    pub email: String,
    /// Her family.
    pub family: FamilyId,
    /// Her mother.
    pub callee: CalleeId,
    /// The number of her mother's telephone.
    pub number: String,
}

/// A phone that is paired and confirmed.
#[derive(Clone)]
pub struct Paired {
    /// It.
    pub phone: Phone,
    /// Its id at the host.
    pub device: DeviceId,
}

/// Somebody new: name, address and telephone number that no other test uses.
pub fn somebody() -> (String, String, String) {
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // The regulator keeps 020 7946 0000 to 0999 for drama.
    (
        format!("Rosalind Achterberg {count}"),
        format!("rosalind.{count}@achterberg.example"),
        format!("+44207946{:04}", count % 1000),
    )
}

impl TestApp {
    /// A household reached by phone, with one slot at nine, London time.
    pub async fn phone_household(&self) -> Household {
        self.household(CallMethod::Phone, &["09:00"]).await
    }

    /// A household reached by app, with one slot at nine, London time; no device yet.
    pub async fn app_household(&self) -> Household {
        self.household(CallMethod::App, &["09:00"]).await
    }

    /// A household with these times a day.
    pub async fn household(&self, method: CallMethod, times: &[&str]) -> Household {
        let (name, email, number) = somebody();
        for secret in [&name, &email, &number, &PASSWORD.to_owned(), &CONSENT.to_owned()] {
            self.keep_out_of_the_log(secret.clone());
        }
        self.keep_out_of_the_log("Margaret Achterberg");
        let account = self.sign_up_quietly(&name, &email).await;
        let family = onboarding::set_family_name(&self.host, account, "Family Achterberg").await.unwrap().id;
        onboarding::choose_method(&self.host, account, family, method).await.unwrap();
        let details = Details {
            name: "Margaret Achterberg".to_owned(),
            address_form: "Grandma Maggie".to_owned(),
            language: "en".to_owned(),
            phone: if method == CallMethod::Phone { number.clone() } else { String::new() },
            country: "GB".to_owned(),
            zone: "Europe/London".to_owned(),
            interests: "Dahlias and the shipping forecast.".to_owned(),
        };
        let callee = onboarding::save_callee(&self.host, account, family, &details, CONSENT).await.unwrap().id;
        schedules::save(&self.host, account, callee, &every_day_at(times)).await.unwrap();
        onboarding::finish(&self.host, account, family).await.unwrap();
        Household { account, email, family, callee, number }
    }

    async fn sign_up_quietly(&self, name: &str, email: &str) -> AccountId {
        let wish = SignUp {
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            name: name.to_owned(),
            locale: Locale::En,
            zone: "Europe/London".to_owned(),
        };
        // Each at home: from one address only so many may sign up in an hour.
        let home = email.bytes().fold(0_u16, |home, byte| home.wrapping_mul(31).wrapping_add(byte.into()));
        let [block, house] = home.to_be_bytes();
        accounts::sign_up(&self.host, wish, &format!("198.18.{block}.{house}")).await.unwrap();
        let token = self.mailed_link(email, "/confirm/").await;
        accounts::confirm(&self.host, &token).await.unwrap()
    }

    /// The secret of the last link of this kind that was mailed to an address.
    pub async fn mailed_link(&self, email: &str, path: &str) -> String {
        self.run_jobs().await;
        let letters = self.mail.to(email);
        let letter = letters.iter().rev().find(|letter| letter.text.contains(path)).expect("a letter with the link");
        let (_, rest) = letter.text.split_once(path).unwrap();
        let token = rest.split(char::is_whitespace).next().unwrap().to_owned();
        self.keep_out_of_the_log(token.clone());
        token
    }

    /// Six digits for a device of the callee.
    pub async fn pairing_code(&self, home: &Household) -> String {
        pairings::issue(&self.host, home.account, home.callee).await.unwrap().code
    }

    /// Pairs a phone, and the family confirms it.
    pub async fn pair(&self, home: &Household, phone: Phone) -> Paired {
        let device = self.claim(home, &phone).await;
        pairings::confirm(&self.host, home.account, device, false).await.unwrap();
        Paired { phone, device }
    }

    /// Pairs a phone as far as the phone can: the family has not confirmed it.
    pub async fn claim(&self, home: &Household, phone: &Phone) -> DeviceId {
        let code = self.pairing_code(home).await;
        phone.pair(&self.url, &code).await.unwrap();
        self.keep_out_of_the_log(phone.device_secret().unwrap());
        self.keep_out_of_the_log(phone.push_address());
        let devices = devices::list(&self.host, home.account, home.callee).await.unwrap();
        devices.first().expect("a claimed device").0.id
    }

    /// A new Android phone of the household, paired.
    pub async fn android(&self, home: &Household) -> Paired {
        self.pair(home, self.world.android("Margaret's Galaxy").unwrap()).await
    }

    /// A new iPhone of the household, paired.
    pub async fn iphone(&self, home: &Household) -> Paired {
        self.pair(home, self.world.iphone("Margaret's iPhone").unwrap()).await
    }

    /// A new browser of the household's callee, paired. The plugin `web-push` must be on.
    pub async fn paired_browser(&self, home: &Household) -> Paired {
        let paired = self.pair(home, self.world.browser("Margaret's tablet").unwrap()).await;
        self.keep_out_of_the_log(push_service::endpoint_of(&paired.phone.push_address()));
        paired
    }

    /// The household's browser, signed in with the password.
    pub async fn signed_in(&self, home: &Household) -> Browser {
        let browser = self.browser();
        let page = browser.post("/sign-in", &[("email", &home.email), ("password", PASSWORD), ("next", "")]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(browser.has_cookie("session"), "signing in gives a session: {}", page.text());
        browser
    }

    /// A script whose words must never stand in the log.
    pub fn say(&self, script: Script) -> Script {
        for turn in script.turns.iter().filter_map(|turn| turn.text.as_ref()).filter(|text| text.len() > 20) {
            self.keep_out_of_the_log(turn.clone());
        }
        script
    }
}

/// Slots on every day.
pub fn every_day_at(times: &[&str]) -> Vec<SlotInput> {
    (1..)
        .zip(times)
        .map(|(slot_no, time)| SlotInput { slot_no, time: (*time).to_owned(), weekdays: 0x7f, enabled: true })
        .collect()
}
