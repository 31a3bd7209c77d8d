//! A new family's way through the real pages, form by form.

use callpanion::db::{accounts, callees, families};
use callpanion::domain::{AccountId, CallMethod};
use callpanion_emulators::Phone;

use super::household::{PASSWORD, somebody};
use super::{Browser, Household, TestApp};

impl TestApp {
    /// Signs up on the page, confirms by the mailed link and signs in.
    pub async fn sign_up(&self, browser: &Browser) -> String {
        let (name, email, _) = somebody();
        self.keep_out_of_the_log(name.clone());
        self.keep_out_of_the_log(email.clone());
        let page = browser.post("/sign-up", &[("name", &name), ("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let token = self.mailed_link(&email, "/confirm/").await;
        let page = browser.get(&format!("/confirm/{token}")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let page = browser.post(&format!("/confirm/{token}"), &[]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let page = browser.post("/sign-in", &[("email", &email), ("password", PASSWORD), ("next", "")]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/onboarding/family"), "{}", page.text());
        email
    }

    /// From the family's name to a saved schedule with one slot.
    pub async fn onboard(&self, browser: &Browser, email: &str, method: CallMethod, slot: &str) -> Household {
        let (_, _, number) = somebody();
        let page =
            browser.post("/onboarding/family", &[("name", "Family Achterberg"), ("zone", "Europe/London")]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/onboarding/method"), "{}", page.text());
        let page = browser.post("/onboarding/method", &[("method", method.as_str())]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/onboarding/callee"), "{}", page.text());

        let local = number.replacen("+44", "0", 1);
        self.keep_out_of_the_log(local.clone());
        self.keep_out_of_the_log(number.clone());
        self.keep_out_of_the_log("Margaret Achterberg");
        let mut fields = vec![
            ("name", "Margaret Achterberg"),
            ("address_form", "Grandma Maggie"),
            ("language", "en"),
            ("zone", "Europe/London"),
            ("interests", "Dahlias and the shipping forecast."),
            ("consent", "yes"),
        ];
        if method == CallMethod::Phone {
            fields.extend([("country", "GB"), ("phone", local.as_str())]);
        }
        let page = browser.post("/onboarding/callee", &fields).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/onboarding/schedule"), "{}", page.text());

        let next = if method == CallMethod::App { "/onboarding/pairing" } else { "/onboarding/ready" };
        let page = browser.post("/onboarding/schedule", &slot_fields(&[(1, slot)])).await;
        assert_eq!((page.status, page.path.as_str()), (200, next), "{}", page.text());
        self.planted(email, &number).await
    }

    /// Makes a code on the page, has the phone claim it, and confirms the phone on the page.
    pub async fn pair_on_the_page(&self, browser: &Browser, home: &Household, phone: &Phone) {
        browser.post(&format!("/callees/{}/pairing-codes", home.callee), &[]).await;
        let page = browser.get("/onboarding/pairing").await;
        let digits = page.find(r#"(?s)class="digits">(.*?)</p>"#);
        let code: String = super::readable(&digits).chars().filter(char::is_ascii_digit).collect();
        assert_eq!(code.len(), 6, "{}", page.text());
        phone.pair(&self.url, &code).await.unwrap();
        self.keep_out_of_the_log(phone.device_secret().unwrap());
        self.keep_out_of_the_log(phone.push_address());

        let page = browser.get("/onboarding/pairing").await;
        let confirm = page.find(r#"action="(/devices/[^"]+/confirm)""#);
        let page = browser.post(&confirm, &[]).await;
        assert_eq!(page.status, 200, "{}", page.text());
    }

    /// The household that was entered on the pages.
    async fn planted(&self, email: &str, number: &str) -> Household {
        let mut c = self.host.db.read().await.unwrap();
        let account: AccountId = accounts::find_by_email(&mut c, email).await.unwrap().unwrap().id;
        let (family, _) = families::of_account(&mut c, account).await.unwrap().remove(0);
        let callee = callees::of_family(&mut c, family.id).await.unwrap().remove(0).id;
        Household { account, email: email.to_owned(), family: family.id, callee, number: number.to_owned() }
    }
}

/// The fields of a schedule form with these slots on, on every day.
pub fn slot_fields<'a>(slots: &[(usize, &'a str)]) -> Vec<(&'static str, &'a str)> {
    const NAMES: [[&str; 9]; 3] = [
        [
            "slot1_on",
            "slot1_time",
            "slot1_day1",
            "slot1_day2",
            "slot1_day3",
            "slot1_day4",
            "slot1_day5",
            "slot1_day6",
            "slot1_day7",
        ],
        [
            "slot2_on",
            "slot2_time",
            "slot2_day1",
            "slot2_day2",
            "slot2_day3",
            "slot2_day4",
            "slot2_day5",
            "slot2_day6",
            "slot2_day7",
        ],
        [
            "slot3_on",
            "slot3_time",
            "slot3_day1",
            "slot3_day2",
            "slot3_day3",
            "slot3_day4",
            "slot3_day5",
            "slot3_day6",
            "slot3_day7",
        ],
    ];
    let mut fields = vec![("intent", "save")];
    for (number, time) in slots {
        let [on, at, days @ ..] = NAMES[number - 1];
        fields.extend([(on, "yes"), (at, *time)]);
        fields.extend(days.map(|day| (day, "yes")));
    }
    fields
}
