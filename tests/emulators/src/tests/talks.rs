//! ElevenLabs: tokens, talks, and the ways in which webhooks go wrong.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::eleven::{NUMBER, batch, call, receiver, submit};
use super::world;
use crate::eleven::talks::{JoinError, Joining};
use crate::eleven::webhooks::Delivery;
use crate::scripts::{self, Language};
use crate::{Line, hold};

#[tokio::test]
async fn a_token_starts_one_conversation_and_its_webhook_has_no_phone() -> Result<()> {
    let (world, time) = world().await?;
    let received = receiver(&world, vec![]).await?;
    let path = format!("/v1/convai/conversation/token?agent_id={}", world.eleven.app_agent_id());
    let (_, answer) = call(&world, "GET", &path, None).await?;
    let (token, id) = (answer["token"].as_str().context("token")?, answer["conversation_id"].as_str().context("id")?);
    let joining = Joining::new(scripts::ordinary(Language::Indonesian));
    let talk = world.eleven.join(token, joining.clone())?;
    assert_eq!(talk.conversation_id, id);
    assert_eq!(world.eleven.join(token, joining.clone()).err(), Some(JoinError::Used));
    assert_eq!(call(&world, "GET", &format!("/v1/convai/conversations/{id}"), None).await?.1["status"], "in-progress");
    time.advance(20_000);
    assert_eq!(world.eleven.hang_up(talk).await, 20);
    time.advance(5000);
    assert!(world.settle().await);
    let events = hold(&received).clone();
    let metadata = &events[0].1["data"]["metadata"];
    assert!(events[0].0 && metadata["phone_call"].is_null() && metadata["batch_call"].is_null());
    assert_eq!(metadata["call_duration_secs"], 20);

    let (_, late) = call(&world, "GET", &path, None).await?;
    time.advance(16 * 60 * 1000);
    let late = world.eleven.join(late["token"].as_str().context("token")?, joining);
    assert_eq!(late.err(), Some(JoinError::Expired));
    world.eleven.switch(|switches| switches.legacy_token = true);
    assert!(call(&world, "GET", &path, None).await?.1.get("conversation_id").is_none());
    Ok(())
}

#[tokio::test]
async fn conversations_are_found_by_a_variable_and_a_filter_that_is_none_is_refused() -> Result<()> {
    let (world, time) = world().await?;
    world.line(NUMBER, Line::Answers(scripts::silent(Language::English)));
    submit(&world, &batch(&world, None, &[NUMBER])).await?;
    time.advance(600_000);
    assert!(world.settle().await);
    let path = |filter: &str| format!("/v1/convai/conversations?dynamic_variable_params={filter}");
    for (filter, found) in [("call_id:eq:call-0", 1), ("call_id%3Aeq%3Acall-0", 1), ("call_id:eq:call-7", 0)] {
        let (status, page) = call(&world, "GET", &path(filter), None).await?;
        assert_eq!((status, page["conversations"].as_array().map(Vec::len)), (200, Some(found)), "{filter}");
    }
    for filter in ["call_id", "call_id:eq", "call_id:is:call-0", ":eq:call-0"] {
        assert_eq!(call(&world, "GET", &path(filter), None).await?.0, 422, "{filter}");
    }
    assert_eq!(world.take_unexpected().len(), 4);
    Ok(())
}

#[tokio::test]
async fn webhooks_can_be_doubled_forged_retried_early_and_lost() -> Result<()> {
    let (world, time) = world().await?;
    let received = receiver(&world, vec![503]).await?;
    world.line(NUMBER, Line::Answers(scripts::silent(Language::English)));
    let call_once = async || -> Result<usize> {
        submit(&world, &batch(&world, None, &[NUMBER])).await?;
        time.advance(3_000_000);
        assert!(world.settle().await);
        Ok(std::mem::take(&mut *hold(&received)).into_iter().filter(|(genuine, _)| *genuine).count())
    };
    world.eleven.deliver(|delivery| delivery.retries = true);
    assert_eq!(call_once().await?, 2, "the 503 is retried");
    world.eleven.deliver(|delivery| delivery.copies = 2);
    assert_eq!(call_once().await?, 2);
    world.eleven.deliver(|delivery| delivery.bad_signature = true);
    assert_eq!(call_once().await?, 0);
    world.eleven.deliver(|delivery| *delivery = Delivery { dropped: true, ..Default::default() });
    let posts = world.eleven.webhooks().len();
    assert_eq!(call_once().await?, 0);
    assert_eq!(world.eleven.webhooks().len(), posts + 1);

    world.eleven.deliver(|delivery| *delivery = Delivery { before_answer: true, ..Default::default() });
    submit(&world, &batch(&world, None, &[NUMBER])).await?;
    assert_eq!(hold(&received).len(), 1, "posted before the submit was answered");
    Ok(())
}

#[tokio::test]
async fn a_signed_url_starts_one_conversation() -> Result<()> {
    let (world, time) = world().await?;
    let received = receiver(&world, vec![]).await?;
    let path = format!("/v1/convai/conversation/get-signed-url?agent_id={}", world.eleven.app_agent_id());
    let (_, open) = call(&world, "GET", &path, None).await?;
    let (_, answer) = call(&world, "GET", &format!("{path}&include_conversation_id=true"), None).await?;
    let url = answer["signed_url"].as_str().context("url")?;
    let joining = Joining::new(scripts::ordinary(Language::English));
    let unbound = world.eleven.join(open["signed_url"].as_str().context("url")?, joining.clone());
    assert_eq!(unbound.err(), Some(JoinError::Unknown), "which conversation it would be, nobody knows");
    let talk = world.eleven.join(url, joining.clone())?;
    assert!(url.ends_with(&talk.conversation_id), "{url}");
    assert_eq!(world.eleven.join(url, joining).err(), Some(JoinError::Used));
    time.advance(20_000);
    world.eleven.hang_up(talk).await;
    time.advance(5000);
    assert!(world.settle().await);
    let events = hold(&received).clone();
    let metadata = &events[0].1["data"]["metadata"];
    assert_eq!(metadata["authorization_method"], "signed_url");
    assert_eq!(metadata["features_usage"]["is_livekit"], false);
    Ok(())
}

#[tokio::test]
async fn an_agent_that_lacks_a_variable_or_forbids_an_override_says_nothing() -> Result<()> {
    let (world, time) = world().await?;
    let received = receiver(&world, vec![]).await?;
    world.eleven.console(|account| {
        let agent = &mut account.app_agent["conversation_config"]["agent"];
        agent["first_message"] = json!("Hello {{ address_form }}, it is {{system__time_utc}}.");
        account.app_agent["platform_settings"]["overrides"]["conversation_config_override"]["agent"]["language"] =
            json!(false);
    });
    let path = format!("/v1/convai/conversation/token?agent_id={}", world.eleven.app_agent_id());
    let told = |variables: Value, overrides: Value| Joining {
        dynamic_variables: variables.as_object().cloned().unwrap_or_default(),
        overrides,
        ..Joining::new(scripts::ordinary(Language::English))
    };
    let whole = json!({ "address_form": "Nana" });
    let greeting = json!({ "agent": { "first_message": "Hello {{who}}!" } });
    let rows = [
        (told(json!({}), Value::Null), Some("address_form")),
        (told(json!({ "address_form": null }), Value::Null), Some("address_form")),
        (told(whole.clone(), greeting.clone()), Some("who")),
        (told(whole.clone(), json!({ "agent": { "language": "id" } })), Some("/agent/language")),
        (told(json!({ "address_form": ["Nana"] }), Value::Null), Some("validation")),
        (told(whole, Value::Null), None),
        // Another first message wants nothing of what the agent's own does.
        (told(json!({ "who": "Nana" }), greeting), None),
    ];
    for (joining, objects) in rows {
        let (_, answer) = call(&world, "GET", &path, None).await?;
        let id = answer["conversation_id"].as_str().context("id")?;
        let joined = world.eleven.join(answer["token"].as_str().context("token")?, joining);
        let shown = world.eleven.conversation(id).context("conversation")?;
        match objects {
            None => assert!(joined.is_ok() && shown["status"] == "in-progress", "{shown}"),
            Some(word) => {
                assert_eq!((joined.err(), shown["status"].as_str()), (Some(JoinError::Objected), Some("failed")));
                let why = shown["metadata"]["error"]["reason"].as_str().context("reason")?;
                assert!(why.contains(word), "{word}: {why}");
            }
        }
    }
    time.advance(5000);
    assert!(world.settle().await);
    let failed = hold(&received).iter().filter(|(_, event)| event["data"]["status"] == "failed").count();
    assert_eq!(failed, 5, "each is told of");
    Ok(())
}
