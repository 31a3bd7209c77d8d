//! Twilio: credentials, the form of a message, what is noted, and signed callbacks.

use anyhow::Result;
use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};

use super::world;
use crate::twilio::Handset;
use crate::{World, loopback_client};

const TO: &str = "+442079460123";

async fn message(world: &World, token: &str, fields: &[(&str, &str)]) -> Result<(u16, Value)> {
    let twilio = &world.twilio;
    let url = format!("{}/2010-04-01/Accounts/{}/Messages.json", twilio.url(), twilio.account_sid());
    let request = loopback_client()?.post(url).basic_auth(twilio.account_sid(), Some(token)).form(fields);
    let answer = request.send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

#[tokio::test]
async fn message_is_taken_by_its_account_only() -> Result<()> {
    let (world, _) = world().await?;
    let fields = [("To", TO), ("From", world.twilio.from_number()), ("Body", "Please look")];
    let (status, answer) = message(&world, "another-token", &fields).await?;
    assert_eq!((status, answer["code"].as_u64()), (401, Some(20_003)));
    let (status, answer) = message(&world, world.twilio.auth_token(), &fields).await?;
    assert_eq!(status, 201);
    let sent = world.twilio.sent();
    assert_eq!((sent.len(), answer["sid"].as_str()), (1, Some(sent[0].sid.as_str())));
    assert!(world.unexpected().is_empty());
    message(&world, world.twilio.auth_token(), &fields).await?;
    assert_eq!(world.take_unexpected().len(), 1, "nobody is told the same twice");
    Ok(())
}

#[tokio::test]
async fn message_that_is_wrong_is_refused_with_its_code() -> Result<()> {
    let (world, _) = world().await?;
    let own = world.twilio.from_number();
    let long = "x".repeat(1_601);
    let base = [("To", TO), ("From", own), ("Body", "Hello")];
    let with = |more: (&'static str, &'static str)| [&base[..], &[more]].concat();
    let cases: Vec<(Vec<(&str, &str)>, u64)> = vec![
        (vec![("From", own), ("Body", "Hello")], 21_604),
        (vec![("To", "020 7946 0123"), ("From", own), ("Body", "Hello")], 21_211),
        (vec![("To", TO), ("Body", "Hello")], 21_603),
        (vec![("To", TO), ("From", "+12025550199"), ("Body", "Hello")], 21_606),
        (vec![("To", TO), ("From", own)], 21_602),
        (vec![("To", TO), ("From", own), ("Body", long.as_str())], 21_617),
        (with(("StatusCallback", "nowhere")), 21_609),
        (with(("ValidityPeriod", "36001")), 20_001),
        (with(("Boddy", "Hello")), 20_001),
        (with(("Body", "Hello")), 20_001),
    ];
    let wrong = cases.len();
    for (fields, code) in cases {
        let (status, answer) = message(&world, world.twilio.auth_token(), &fields).await?;
        assert_eq!((status, answer["code"].as_u64()), (400, Some(code)), "{fields:?}");
    }
    assert_eq!(world.take_unexpected().len(), wrong - 1, "all but the number, which a person may have mistyped");
    world.twilio.handset(TO, Handset::Refused(21_610));
    let (status, answer) = message(&world, world.twilio.auth_token(), &base).await?;
    assert_eq!((status, answer["code"].as_u64()), (400, Some(21_610)));
    assert!(world.twilio.sent().is_empty());
    Ok(())
}

#[tokio::test]
async fn what_becomes_of_a_message_is_posted_and_signed() -> Result<()> {
    let (world, time) = world().await?;
    let (listener, url) = crate::port::bind().await?;
    let router = Router::new().route("/callback", post(|| async {}));
    let pace = crate::pace::Pace::new(time.clone());
    crate::port::serve(&pace, &crate::witness::Witness::default(), listener, router, crate::port::Wire::Either);
    let callback = format!("{url}/callback");
    let own = world.twilio.from_number();
    world.twilio.handset(TO, Handset::Undelivered(30_003));
    let fields = [("To", TO), ("From", own), ("Body", "Hello"), ("StatusCallback", callback.as_str())];
    message(&world, world.twilio.auth_token(), &fields).await?;
    for _ in 0..2 {
        assert!(world.settle().await);
        time.advance(1_000);
    }
    assert!(world.until(|world| world.twilio.posts().len() == 2).await);
    let posts = world.twilio.posts();
    let seen: Vec<_> = posts.iter().map(|post| (post.status.as_str(), post.answered)).collect();
    assert_eq!(seen, [("sent", Some(200)), ("undelivered", Some(200))]);
    assert!(posts[1].body.contains("ErrorCode=30003"), "{}", posts[1].body);
    pace.cancel();
    Ok(())
}

#[tokio::test]
async fn account_and_its_numbers_are_shown_to_the_account_only() -> Result<()> {
    let (world, _) = world().await?;
    let (own, sid) = (world.twilio.auth_token(), world.twilio.account_sid());
    let of = |path: &str| format!("{}/2010-04-01/Accounts/{path}", world.twilio.url());
    let get = async |token: &str, url: String| -> Result<(u16, Value)> {
        let answer = loopback_client()?.get(url).basic_auth(sid, Some(token)).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    };
    let listed = of(&format!("{sid}/IncomingPhoneNumbers.json?PhoneNumber=%2B12025550100"));
    for url in [of(&format!("{sid}.json")), listed.clone(), format!("{}/v1/Services/MG1", world.twilio.url())] {
        let (status, answer) = get("another-token", url).await?;
        assert_eq!((status, answer["code"].as_u64()), (401, Some(20_003)));
    }
    for strange in [of("AC1.json"), of(sid), of("AC1/IncomingPhoneNumbers.json")] {
        let (status, answer) = get(own, strange).await?;
        assert_eq!((status, answer["code"].as_u64()), (404, Some(20_404)));
    }
    let (status, answer) = get(own, of(&format!("{sid}.json"))).await?;
    assert_eq!((status, &answer["status"], &answer["type"]), (200, &json!("active"), &json!("Full")));
    let (_, answer) = get(own, listed).await?;
    assert_eq!(answer["incoming_phone_numbers"][0]["capabilities"]["sms"], json!(true));
    let (_, answer) = get(own, of(&format!("{sid}/IncomingPhoneNumbers.json?PhoneNumber=%2B44"))).await?;
    assert_eq!(answer["incoming_phone_numbers"], json!([]));
    assert!(world.unexpected().is_empty());
    Ok(())
}
