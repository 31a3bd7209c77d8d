//! What the agent of an app call is told: by the device that picks up, since that opens the conversation.

use callpanion::domain::{AlertKind, CallReason, CallState};
use callpanion::services::queueing;
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::eleven::talks::{JoinError, Joining};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Phone};
use serde_json::{Value, json};

use crate::testing::{Household, Settings, TestApp, on_both};

const API: &str = "/api/device/v1";
const NAMES: [&str; 8] = [
    "address_form",
    "callee_name",
    "callpanion_call_id",
    "family_messages",
    "family_name",
    "interests",
    "language",
    "last_talk",
];

impl TestApp {
    /// From now on the agent in the app needs what it is told: no variable has a default.
    fn has_no_defaults(&self) {
        self.world.eleven.console(|account| {
            let agent = &mut account.app_agent["conversation_config"]["agent"];
            agent["first_message"] = json!("Hello {{address_form}}, I call for the {{family_name}}.");
            agent["dynamic_variables"] = json!({});
        });
    }

    /// With what a device began the only conversation.
    fn begun_with(&self) -> Value {
        let ids = self.world.eleven.conversation_ids();
        assert_eq!(ids.len(), 1);
        self.world.eleven.conversation(&ids[0]).unwrap()["conversation_initiation_client_data"].take()
    }

    /// Answers the ring of a phone by hand.
    async fn answer(&self, phone: &Phone, wish: Value) -> (u16, Value) {
        let ring = phone.rings()[0].session_id.clone();
        self.device_post(phone, &format!("{API}/calls/{ring}/answer"), wish).await
    }

    /// A phone that rings, and nobody touches it.
    async fn ringing_iphone(&self) -> (Household, Phone) {
        let home = self.app_household().await;
        let paired = self.iphone(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        self.advance(62).await;
        assert_eq!(paired.phone.rings().len(), 1);
        (home, paired.phone)
    }
}

on_both! {
    async fn agent_in_the_app_is_told_whom_it_talks_to(app: TestApp) {
        app.has_no_defaults();
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        let script = app.say(scripts::cheerful(Language::English));
        paired.phone.behave(Behaviour::answer(script));

        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
        let began = app.begun_with();
        let told = &began["dynamic_variables"];
        for (name, value) in [
            ("callee_name", "Margaret Achterberg"),
            ("address_form", "Grandma Maggie"),
            ("language", "en"),
            ("interests", "Dahlias and the shipping forecast."),
            ("family_name", "Family Achterberg"),
            ("last_talk", ""),
            ("family_messages", ""),
            ("callpanion_call_id", call.id.to_string().as_str()),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
        assert_eq!(began["conversation_config_override"]["agent"], Value::Null, "nobody has said that it is allowed");
    }

    async fn second_talk_is_told_of_the_first(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
        let first = app.outcome(&home, 900).await;
        app.advance_until(900, || app.is_summarised(first.id)).await;
        queueing::call_now(&app.host, home.callee).await.unwrap();
        app.advance_until(120, || async { app.world.eleven.conversation_ids().len() == 2 }).await;
        app.advance_until(900, || async { app.calls(&home).await.iter().all(|call| call.state.is_outcome()) }).await;
        let second = app.world.eleven.conversation_ids().pop().unwrap();
        let told = app.world.eleven.conversation(&second).unwrap();
        let last_talk = &told["conversation_initiation_client_data"]["dynamic_variables"]["last_talk"];
        assert!(last_talk.as_str().is_some_and(|text| text.len() > 10), "{last_talk}");
        app.keep_out_of_the_log(last_talk.as_str().unwrap());
    }

    async fn existing_app_is_given_the_same_and_is_as_well_served_as_before(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
        let exchanges = paired.phone.exchanges();
        let start = exchanges.iter().find(|exchange| exchange.request["action"] == "start").unwrap();
        let mut names: Vec<&String> = start.response["dynamicVariables"].as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, NAMES);
        assert_eq!(start.response["overrides"], json!({}));
        for key in ["success", "conversationToken", "callLogId", "householdId", "relativeId", "sessionId"] {
            assert!(!start.response[key].is_null(), "{key} in {}", start.response);
        }
        assert!(start.response.get("agentId").is_none(), "it must not choose the agent");
        // It brings what it always brought, and nothing of ours.
        let began = app.begun_with();
        assert_eq!(began["dynamic_variables"]["call_type"], "in_app_call");
        assert!(began["dynamic_variables"].get("callee_name").is_none());
    }

    async fn talk_that_ends_for_want_of_a_variable_is_none(app: TestApp) {
        app.has_no_defaults();
        let home = app.app_household().await;
        // This app does not know of the variables.
        app.android(&home).await;
        let call = app.outcome(&home, 900).await;
        app.advance(600).await;
        let failed = app.world.eleven.conversation(&app.world.eleven.conversation_ids()[0]).unwrap();
        assert_eq!(failed["status"], "failed");
        let why = failed["metadata"]["error"]["reason"].as_str().unwrap();
        assert!(why.contains("address_form") && why.contains("family_name"), "{why}");
        let call = app.calls(&home).await.into_iter().find(|known| known.id == call.id).unwrap();
        assert_eq!((call.state, call.reason), (CallState::Completed, Some(CallReason::AnsweredSilent)));
    }

    async fn device_that_can_only_open_a_web_socket_says_so(app: TestApp) {
        app.has_no_defaults();
        let (home, phone) = app.ringing_iphone().await;
        let (status, answer) = app.answer(&phone, json!({ "join": "signed-url" })).await;
        assert_eq!((status, &answer["token"]), (200, &Value::Null), "{answer}");
        let url = answer["signed_url"].as_str().unwrap();
        assert!(url.starts_with("ws") && url.contains(answer["conversation"].as_str().unwrap()), "{url}");
        app.keep_out_of_the_log(url);
        let told = answer["dynamic_variables"].as_object().unwrap().clone();
        let talk = app.world.eleven.join(
            url,
            Joining { dynamic_variables: told, ..Joining::new(app.say(scripts::cheerful(Language::English))) },
        );
        let talk = talk.unwrap();
        let again = app.world.eleven.join(url, Joining::new(scripts::ordinary(Language::English)));
        assert_eq!(again.err(), Some(JoinError::Used));
        app.advance(20).await;
        app.world.eleven.hang_up(talk).await;
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None), "its webhook has found it");

        for wish in [json!({ "join": "pigeon" }), json!("token")] {
            let (status, problem) = app.answer(&phone, wish).await;
            assert_eq!((status, &problem["field"]), (422, &json!("join")), "{problem}");
        }
    }

    async fn where_there_are_no_tokens_a_device_joins_by_url(app: TestApp) {
        app.world.eleven.fail_always(Op::Token, Refusal::UNAVAILABLE);
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
        let talk = app.world.eleven.conversation(&app.world.eleven.conversation_ids()[0]).unwrap();
        assert_eq!(talk["metadata"]["authorization_method"], "signed_url");
        assert_eq!((app.world.eleven.count(Op::Token), app.world.eleven.count(Op::SignedUrl)), (1, 1));
    }

    async fn existing_app_is_never_given_a_conversation_that_it_cannot_join(app: TestApp) {
        app.world.eleven.fail_always(Op::Token, Refusal::UNAVAILABLE);
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.advance_until(120, || async { !paired.phone.rings().is_empty() }).await;
        app.advance(10).await;
        assert_eq!((app.world.eleven.count(Op::SignedUrl), app.database.count("conversations").await), (0, 0));
        app.world.eleven.mend();
        let call = app.outcome(&home, 2_000).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 2), "the next try is a talk");
    }

    async fn without_consent_on_record_nothing_is_told_and_nobody_talks(app: TestApp) {
        let (home, phone) = app.ringing_iphone().await;
        app.database.execute("UPDATE callees SET consent_at = NULL").await;
        let (status, problem) = app.answer(&phone, json!({})).await;
        assert_eq!((status, &problem["code"]), (410, &json!("call-over")), "{problem}");
        assert_eq!(app.world.eleven.count(Op::Token), 0);
        let call = app.call(&home).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::NoConsent)));
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::CallFailed]);
        app.advance(900).await;
    }
}

/// The operator says that agents allow it.
fn overriding(settings: &mut Settings) {
    let first_message = "\"Good morning, {{address_form}}!\"";
    for (name, value) in [("OVERRIDE_LANGUAGE", "true"), ("FIRST_MESSAGES__EN", first_message)] {
        settings.insert(format!("CALLPANION__PLUGINS__ELEVENLABS__SETTINGS__{name}"), value.to_owned());
    }
}

mod overridden {
    use super::*;

    on_both! {
        with: overriding;

        async fn language_and_first_message_are_set_where_the_operator_says_so(app: TestApp) {
            app.has_no_defaults();
            let home = app.app_household().await;
            let paired = app.iphone(&home).await;
            paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
            let call = app.outcome(&home, 900).await;
            assert_eq!((call.state, call.reason), (CallState::Completed, None));
            let began = app.begun_with();
            let set = &began["conversation_config_override"]["agent"];
            assert_eq!(*set, json!({ "language": "en", "first_message": "Good morning, {{address_form}}!" }));
        }

        async fn agent_that_does_not_allow_it_ends_the_talk_as_the_vendor_does(app: TestApp) {
            app.world.eleven.console(|account| account.app_agent["platform_settings"]["overrides"] = json!({}));
            let (home, phone) = app.ringing_iphone().await;
            let (status, answer) = app.answer(&phone, json!({})).await;
            assert_eq!((status, &answer["overrides"]["language"]), (200, &json!("en")), "{answer}");
            let joining = Joining {
                dynamic_variables: answer["dynamic_variables"].as_object().unwrap().clone(),
                overrides: json!({ "agent": answer["overrides"] }),
                ..Joining::new(scripts::ordinary(Language::English))
            };
            let joined = app.world.eleven.join(answer["token"].as_str().unwrap(), joining);
            assert_eq!(joined.err(), Some(JoinError::Objected));
            app.outcome(&home, 2_000).await;
            app.advance(900).await;
        }
    }
}
