//! Pages: every one answers, in both languages, under a strict policy, and says what is wrong
//! without losing what was typed.

use callpanion::domain::CallMethod;
use callpanion_emulators::Line;

use crate::testing::{Browser, TestApp, on_both, slot_fields};

/// What is changed, a field and what was typed into it, and what is said in each language.
type Wrong = (&'static [(&'static str, &'static str)], &'static str, &'static str, [&'static str; 2]);

const PUBLIC: [&str; 4] = ["/", "/sign-up", "/sign-in", "/forgot"];

/// The fields of a callee by phone, with some changed.
fn callee(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut fields = vec![
        ("name", "Sari Wulandari"),
        ("address_form", "Ibu Sari"),
        ("country", "ID"),
        ("phone", "0812-3456-7890"),
        ("language", "id"),
        ("zone", "Asia/Jakarta"),
        ("interests", "Orchids, keroncong songs"),
        ("consent", "yes"),
    ];
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() || *name != "consent" {
            fields.push((name, value));
        }
    }
    fields
}

/// A browser that has come as far as describing the callee.
async fn describing(app: &TestApp, language: &'static str) -> Browser {
    let browser = app.browser_in(language);
    app.sign_up(&browser).await;
    browser.post("/onboarding/family", &[("name", "Family Wulandari"), ("zone", "Europe/London")]).await;
    browser.post("/onboarding/method", &[("method", "phone")]).await;
    browser
}

on_both! {
    async fn public_pages_answer_in_both_languages(app: TestApp) {
        for (language, sign_in) in [("en", "Sign in"), ("id", "Masuk")] {
            let browser = app.browser_in(language);
            for path in PUBLIC {
                let page = browser.get(path).await;
                assert_eq!(page.status, 200, "{path}");
                assert!(page.html.contains(&format!(r#"<html lang="{language}">"#)), "{path}");
                assert!(page.html.contains(sign_in), "{path} in {language}");
            }
        }
    }

    async fn every_answer_carries_the_policy(app: TestApp) {
        let browser = app.browser();
        for path in ["/", "/sign-in", "/nowhere", "/livez", "/readyz"] {
            let page = browser.get(path).await;
            let policy = &page.headers["content-security-policy"];
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(page.headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(page.headers["x-frame-options"], "DENY", "{path}");
        }
    }

    async fn pages_have_no_inline_script_or_style(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["18:00"]).await;
        let browser = app.signed_in(&home).await;
        let inline = regex::Regex::new(r#"(?i)<style|\son[a-z]+="|\sstyle="|javascript:"#).unwrap();
        let script = regex::Regex::new(r"<script[^>]*>").unwrap();
        for path in ["/", "/sign-up", "/dashboard", "/monitor", "/calls", "/insights", "/alerts"] {
            let page = browser.get(path).await;
            assert!(inline.find(&page.html).is_none(), "{path}: {:?}", inline.find(&page.html));
            for tag in script.find_iter(&page.html) {
                assert!(tag.as_str().contains(" src=\"/assets/"), "{path}: {}", tag.as_str());
            }
        }
    }

    async fn unknown_page_is_a_page_that_says_so(app: TestApp) {
        let page = app.browser().get("/no/such/page").await;
        assert_eq!(page.status, 404);
        page.must_say("There is nothing here");
        let page = app.browser_in("id").get("/no/such/page").await;
        assert!(page.html.contains(r#"<html lang="id">"#));
    }

    async fn what_a_page_links_to_is_there(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:00"]).await;
        app.world.line(
            &home.number,
            Line::Answers(callpanion_emulators::scripts::worrying(callpanion_emulators::scripts::Language::English)),
        );
        app.outcome(&home, 300).await;
        let browser = app.signed_in(&home).await;
        let (mut seen, mut next) = (std::collections::BTreeSet::new(), vec!["/dashboard".to_owned()]);
        let link = regex::Regex::new(r##"(?:href|src|data-live)="(/[^"#]*)"##).unwrap();
        while let Some(path) = next.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let page = browser.get(&path).await;
            assert_eq!(page.status, 200, "{path} is a dead link");
            // A style or a script links to nothing.
            let html = if path.starts_with("/assets/") { "" } else { page.html.as_str() };
            for found in link.captures_iter(html) {
                next.push(found[1].replace("&amp;", "&").replace("&#x2F;", "/"));
            }
            assert!(seen.len() < 300, "the pages link without end");
        }
        assert!(seen.len() > 12, "{seen:?}");
    }

    async fn health_is_told(app: TestApp) {
        let browser = app.browser();
        assert_eq!(browser.get("/livez").await.status, 200);
        let ready = browser.get("/readyz").await;
        assert_eq!((ready.status, ready.html.as_str()), (200, r#"{"ready":true}"#));
    }

    async fn chosen_language_stays(app: TestApp) {
        let browser = app.browser();
        let page = browser.post("/language", &[("locale", "id"), ("next", "/sign-up")]).await;
        assert_eq!(page.path, "/sign-up");
        assert!(page.html.contains(r#"<html lang="id">"#));
        assert!(browser.get("/").await.html.contains(r#"<html lang="id">"#));
    }

    async fn wrong_callee_is_explained_in_the_readers_language_and_what_was_typed_is_kept(app: TestApp) {
        let cases: [Wrong; 6] = [
            (
                &[("phone", "12")],
                "phone",
                "12",
                ["That is not a valid number in this country.", "Nomor itu tidak berlaku di negara ini."],
            ),
            (
                &[("phone", "0812-3456-7890"), ("country", "GB")],
                "phone",
                "0812-3456-7890",
                ["That is not a valid number in this country.", "Nomor itu tidak berlaku di negara ini."],
            ),
            (
                &[("phone", "0909 8790000"), ("country", "GB")],
                "phone",
                "0909 8790000",
                ["We cannot ring this kind of number.", "Kami tidak dapat menelepon nomor jenis ini."],
            ),
            (
                &[("phone", "")],
                "name",
                "Sari Wulandari",
                ["To call by phone we need a number.", "Untuk menelepon lewat telepon kami perlu nomornya."],
            ),
            (
                &[("zone", "Mars/Base")],
                "name",
                "Sari Wulandari",
                ["Please choose a place from the list.", "Silakan pilih tempat dari daftar."],
            ),
            (
                &[("consent", "")],
                "name",
                "Sari Wulandari",
                ["We may only call with this consent.", "Kami hanya boleh menelepon dengan persetujuan ini."],
            ),
        ];
        for (at, language) in ["en", "id"].into_iter().enumerate() {
            let browser = describing(&app, language).await;
            for (changed, field, typed, words) in &cases {
                let page = browser.post("/onboarding/callee", &callee(changed)).await;
                assert_eq!(page.status, 422, "{changed:?}: {}", page.text());
                page.must_say(words[at]);
                assert_eq!(page.value_of(field).as_deref(), Some(*typed), "{changed:?}");
            }
            let page = browser.post("/onboarding/callee", &callee(&[])).await;
            assert_eq!(page.path, "/onboarding/schedule", "{}", page.text());
        }
    }

    async fn onboarding_is_resumed_where_it_was_left(app: TestApp) {
        let browser = app.browser();
        let email = app.sign_up(&browser).await;
        browser.post("/onboarding/family", &[("name", "Family Achterberg"), ("zone", "Europe/London")]).await;
        let another = app.browser();
        another.post("/sign-in", &[("email", &email), ("password", crate::testing::PASSWORD)]).await;
        assert_eq!(another.get("/onboarding").await.path, "/onboarding/method");
        assert_eq!(another.get("/onboarding/schedule").await.path, "/onboarding/method", "a step ahead leads back");
        another.post("/onboarding/method", &[("method", "app")]).await;
        assert_eq!(browser.get("/onboarding").await.path, "/onboarding/callee");
        assert_eq!(browser.get("/onboarding/family").await.value_of("name").as_deref(), Some("Family Achterberg"));
    }

    async fn readers_own_clock_is_kept(app: TestApp) {
        let browser = app.browser();
        let email = app.sign_up(&browser).await;
        browser.post("/onboarding/family", &[("name", "Family Achterberg"), ("zone", "Asia/Makassar")]).await;
        let zone = app.database.texts(&format!("SELECT zone AS text FROM accounts WHERE email = '{email}'")).await;
        assert_eq!(zone, ["Asia/Makassar"]);
    }

    async fn what_people_type_is_text(app: TestApp) {
        let home = app.household(CallMethod::App, &["18:00"]).await;
        let browser = app.signed_in(&home).await;
        let evil = r#"<script>alert("x")</script>{{ 70007*70007 }}"#;
        let fields = [
            ("intent", "profile"),
            ("name", evil),
            ("address_form", evil),
            ("language", "en"),
            ("zone", "Europe/London"),
            ("interests", evil),
        ];
        let callee = format!("/callees/{}", home.callee);
        assert_eq!(browser.post(&callee, &fields).await.status, 200);
        for path in [
            &callee,
            "/dashboard",
            "/monitor",
            "/insights",
            &format!("{callee}/devices"),
            &format!("{callee}/schedule"),
        ] {
            let page = browser.get(path).await;
            assert!(!page.html.contains("<script>alert"), "{path}");
            // So many digits stand in no id by chance.
            assert!(!page.html.contains("4900980049"), "{path} computes what was typed");
        }
    }

    async fn call_now_is_one_press(app: TestApp) {
        let home = app.household(CallMethod::App, &["18:00"]).await;
        let paired = app.android(&home).await;
        let browser = app.signed_in(&home).await;
        for _ in 0..3 {
            let page = browser.post(&format!("/callees/{}/call-now", home.callee), &[]).await;
            assert!(page.status == 200 || page.status == 409, "{}", page.text());
        }
        app.outcome(&home, 300).await;
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn alert_is_acknowledged_and_closed_with_a_note(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:00"]).await;
        app.world.line(&home.number, Line::Voicemail);
        app.outcome(&home, 300).await;
        let browser = app.signed_in(&home).await;
        let page = browser.get("/alerts").await;
        let acknowledge = page.find(r#"action="(/alerts/[^"]+/acknowledge)""#);
        assert_eq!(browser.post(&acknowledge, &[]).await.status, 200);
        let close = acknowledge.replace("acknowledge", "close");
        assert_eq!(browser.post(&close, &[("note", "She was at the dentist.")]).await.status, 200);
        browser.get("/alerts").await.must_say("She was at the dentist.");
        assert!(app.alerts(&home).await.is_empty());
    }

    async fn form_that_is_too_large_is_refused(app: TestApp) {
        let home = app.household(CallMethod::App, &["18:00"]).await;
        let browser = app.signed_in(&home).await;
        let long = "x".repeat(100_000);
        let mut fields = slot_fields(&[(1, "10:00")]);
        fields.push(("name", &long));
        let page = browser.post(&format!("/callees/{}/schedule", home.callee), &fields).await;
        assert_eq!(page.status, 413, "{}", page.text());
    }
}
