//! The inbox: whatever order the events come in, however often, and whoever reads them again, the end is the same.

use callpanion::domain::{AlertKind, CallReason, CallState, WebhookId, WebhookState};
use callpanion::services::inbox::{self, Chosen, Walk, Wanted};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};
use serde_json::{Value, json};

use crate::testing::{Database, Household, Settings, TestApp, WEBHOOK_PATH, client, dump, on_both, program, tick};

/// Households of each kind: each sees the events in an order of its own.
const HOMES: usize = 4;

/// A die that falls the same way in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at + 1));
        }
    }
}

/// Everything that the provider has ever sent, three times each, and the sound of it, in any order; while the host now
/// and then does a piece of its work.
async fn rain(app: &TestApp, chance: &mut Chance) {
    let mut bodies = Vec::new();
    for post in app.world.eleven.webhooks() {
        let event: Value = serde_json::from_str(&post.body).unwrap();
        let mut sent_later = event.clone();
        sent_later["event_timestamp"] = json!(event["event_timestamp"].as_i64().unwrap() + 30);
        let sound = json!({
            "type": "post_call_audio",
            "event_timestamp": event["event_timestamp"],
            "data": {
                "agent_id": event["data"]["agent_id"], "conversation_id": event["data"]["conversation_id"],
                "full_audio": "SUQzBAAAAAAAI1RTU0UAAAAPAAAD",
            },
        });
        bodies.extend([post.body.clone(), post.body, sent_later.to_string(), sound.to_string(), sound.to_string()]);
    }
    chance.shuffle(&mut bodies);
    for body in bodies {
        assert_eq!(app.post_signed(&body, 0).await, 200);
        match chance.below(6) {
            0 => drop(tick(&app.host).await),
            1 => app.run_jobs().await,
            _ => {}
        }
    }
    app.settle().await;
}

/// What is left of a household's only call.
#[derive(Debug, PartialEq, Eq)]
struct End {
    state: CallState,
    reason: Option<CallReason>,
    tries: i32,
    duration_s: Option<i32>,
    mood: Option<i32>,
    is_asked_for: bool,
    is_summarised: bool,
    alerts: Vec<AlertKind>,
    letters: usize,
}

async fn end_of(app: &TestApp, home: &Household) -> End {
    let call = app.call(home).await;
    End {
        state: call.state,
        reason: call.reason,
        tries: call.tries,
        duration_s: call.duration_s,
        mood: call.mood_score,
        is_asked_for: call.check_at.is_some(),
        is_summarised: app.is_summarised(call.id).await,
        alerts: app.alert_kinds(home).await,
        letters: app.letters(home).len(),
    }
}

async fn all_end_alike(app: &TestApp, homes: &[Household]) -> End {
    let first = end_of(app, &homes[0]).await;
    for home in &homes[1..] {
        assert_eq!(end_of(app, home).await, first);
    }
    first
}

/// Calls by phone: some talk at once, some are busy first. Their events come in an order that `seed` decides.
async fn phones_in_any_order(app: &TestApp, seed: u64) {
    let mut chance = Chance(seed);
    let (mut talked, mut busy) = (Vec::new(), Vec::new());
    app.world.eleven.deliver(|delivery| delivery.dropped = true);
    for _ in 0..HOMES {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::worrying(Language::English)).lasting(50)));
        talked.push(home);
        let home = app.phone_household().await;
        let answered = Line::Answers(app.say(scripts::ordinary(Language::English)).lasting(50));
        app.world.eleven.lines(&home.number, vec![Line::Busy, answered]);
        busy.push(home);
    }
    // The host hands the calls over and is busy with other things until all is over: it knows no conversation.
    app.settle().await;
    app.advance_without_ticks(150).await;
    rain(app, &mut chance).await;
    // Who was busy is rung again; the events of both tries come together.
    app.advance_without_ticks(760).await;
    rain(app, &mut chance).await;

    let end = all_end_alike(app, &talked).await;
    assert_eq!((end.state, end.tries, end.duration_s), (CallState::Completed, 1, Some(50)), "{end:?}");
    assert!(end.is_summarised && !end.is_asked_for && end.alerts.contains(&AlertKind::Said), "{end:?}");
    let end = all_end_alike(app, &busy).await;
    assert_eq!((end.state, end.tries, end.reason), (CallState::Completed, 2, None), "{end:?}");
    assert!(end.is_summarised && end.alerts.is_empty(), "{end:?}");
    assert!(app.parked().await.is_empty(), "nothing is left over");
}

on_both! {
    with: patient;
    async fn events_of_calls_by_phone_may_come_in_any_order_and_three_times(app: TestApp) {
        phones_in_any_order(&app, 7).await;
    }

    async fn and_in_any_other_order(app: TestApp) {
        phones_in_any_order(&app, 20_261_121).await;
    }

    async fn events_of_calls_in_the_app_may_come_in_any_order_and_three_times(app: TestApp) {
        let mut chance = Chance(99);
        app.world.eleven.deliver(|delivery| delivery.dropped = true);
        let mut homes = Vec::new();
        for _ in 0..HOMES {
            let home = app.app_household().await;
            let paired = app.android(&home).await;
            paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English)).lasting(40)));
            homes.push(home);
        }
        app.advance(125).await;
        rain(&app, &mut chance).await;
        let end = all_end_alike(&app, &homes).await;
        assert_eq!((end.state, end.duration_s), (CallState::Completed, Some(40)), "{end:?}");
        assert!(end.is_summarised && !end.is_asked_for, "{end:?}");
    }

    async fn event_that_could_not_be_delivered_comes_again_as_it_was_signed_and_is_taken(app: TestApp) {
        let home = app.phone_household().await;
        let script = app.say(scripts::ordinary(Language::English)).lasting(40);
        app.world.line(&home.number, Line::Answers(script));
        app.world.eleven.deliver(|delivery| delivery.retries = true);
        // The house cannot be reached from outside until after the fourth try.
        app.world.set_webhook_url("http://127.0.0.1:9/away");
        app.advance_until(1_200, || async { app.world.eleven.webhooks().len() == 4 }).await;
        assert!(!app.call(&home).await.state.is_outcome());
        app.world.set_webhook_url(format!("{}{WEBHOOK_PATH}", app.url));
        let call = app.outcome(&home, 2_000).await;
        assert_eq!(call.state, CallState::Completed);
        assert!(app.is_summarised(call.id).await);
        let posts = app.world.eleven.webhooks();
        let tries: Vec<_> = posts.iter().map(|post| (post.attempt, post.status)).collect();
        assert_eq!(tries, [(1, None), (2, None), (3, None), (4, None), (5, Some(200))]);
        assert!(posts.iter().all(|post| post.signature == posts[0].signature));
        assert!((2_430..2_440).contains(&((posts[4].at_ms - posts[0].at_ms) / 1_000)));
    }

    async fn reading_the_whole_inbox_again_changes_nothing(app: TestApp) {
        let worried = app.phone_household().await;
        app.world.line(&worried.number, Line::Answers(app.say(scripts::worrying(Language::English))));
        let busy = app.phone_household().await;
        let answered = Line::Answers(app.say(scripts::ordinary(Language::English)));
        app.world.eleven.lines(&busy.number, vec![Line::Busy, answered]);
        let machine = app.phone_household().await;
        app.world.line(&machine.number, Line::Voicemail);
        let in_app = app.app_household().await;
        let paired = app.android(&in_app).await;
        paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
        for body in ["not json", r#"{"type":"something_new","event_timestamp":1,"data":{}}"#] {
            assert_eq!(app.post_signed(body, 0).await, 200);
        }
        app.advance(900).await;
        assert_eq!(app.database.count("webhook_events").await, 7);
        assert_eq!(app.database.count("webhook_events WHERE state = 'applied'").await, 5);
        assert_eq!(app.database.count("webhook_events WHERE codec = 'zstd'").await, 5, "talks are kept compressed");

        // Compared is every table but these: the wishes to read are jobs, and each host reports on its plugins and gives signs of life.
        let but = ["jobs", "plugin_health", "nodes"];
        let (before, letters) = (dump(&app.database, &but).await, app.mail.all().len());
        for _ in 0..2 {
            let (mut walk, mut events) = (Walk::new(&app.host.db, Chosen::Wanted(Wanted::default())), Vec::new());
            loop {
                let page = walk.next().await.unwrap();
                if page.is_empty() {
                    break;
                }
                events.extend(page);
            }
            let ids: Vec<WebhookId> = events.iter().map(|event| event.id).collect();
            assert_eq!(ids.len(), 7);
            inbox::queue_again(&app.host.db, ids.clone(), app.now()).await.unwrap();
            app.settle().await;
            for (id, event) in ids.into_iter().zip(events) {
                assert_eq!(inbox::read_again(&app.host, id).await.unwrap(), event);
            }
            app.settle().await;
        }
        for (table, rows) in dump(&app.database, &but).await {
            assert_eq!(rows, before[&table], "{table}");
        }
        assert_eq!(app.mail.all().len(), letters, "nobody was told again");
    }

    async fn event_that_cannot_be_read_is_parked_with_the_reason_and_can_be_read_later(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::ordinary(Language::English))));
        app.world.eleven.deliver(|delivery| delivery.dropped = true);
        app.settle().await;
        app.advance_without_ticks(200).await;
        let body = app.world.eleven.webhooks()[0].body.clone();
        assert_eq!(app.post_signed(&body, 0).await, 200);
        // The plugin that it came for is taken out of the configuration meanwhile.
        app.database.execute("UPDATE webhook_events SET provider = 'no-such-plugin'").await;
        for _ in 0..20 {
            app.run_jobs().await;
            app.host.clock.advance(std::time::Duration::from_hours(1));
        }
        let parked = app.parked().await;
        assert_eq!((parked.len(), parked[0].state), (1, WebhookState::Parked));
        assert!(parked[0].note.as_deref().is_some_and(|note| note.contains("no-such-plugin")), "{parked:?}");
        app.database.execute("UPDATE webhook_events SET provider = 'elevenlabs'").await;
        inbox::queue_again(&app.host.db, vec![parked[0].id], app.now()).await.unwrap();
        app.settle().await;
        assert_eq!(app.database.count("webhook_events WHERE state = 'applied' AND note IS NULL").await, 1);
        assert!(app.is_summarised(app.call(&home).await.id).await);
    }

    async fn events_that_were_stored_before_bodies_were_packed_are_read(app: TestApp) {
        let body = r#"{"type":"something_old","event_timestamp":1,"data":{}}"#;
        let hex = body.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let (id, at) = (WebhookId::new(), app.now().0);
        let blob = |hex: &str| match app.database {
            Database::Sqlite(_) => format!("x'{hex}'"),
            Database::Postgres { .. } => format!(r"'\x{hex}'::bytea"),
        };
        app.database
            .execute(&format!(
                "INSERT INTO webhook_events (id, provider, body_hash, body, state, received_at, body_bytes) \
                 VALUES ({}, 'elevenlabs', {}, {}, 'received', {at}, {})",
                blob(&id.0.simple().to_string()), blob("00"), blob(&hex), body.len(),
            ))
            .await;
        let event = inbox::read_again(&app.host, id).await.unwrap();
        assert_eq!((event.state, event.event.as_deref()), (WebhookState::Ignored, Some("something_old")));
    }

    async fn inbox_that_takes_nothing_asks_the_provider_to_come_again(app: TestApp) {
        let body = r#"{"type":"something_new","event_timestamp":1,"data":{}}"#;
        app.database.execute("ALTER TABLE webhook_events RENAME TO webhook_events_away").await;
        let request = client().post(format!("{}{WEBHOOK_PATH}", app.url)).header("elevenlabs-signature", app.signature(body, 0));
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 503);
        let after: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&after));
        app.database.execute("ALTER TABLE webhook_events_away RENAME TO webhook_events").await;
        assert_eq!(app.database.count("jobs").await, 0, "the job came with its event or not at all");
        assert_eq!(app.post_signed(body, 0).await, 200);
        app.run_jobs().await;
        assert_eq!(app.database.count("webhook_events WHERE state = 'ignored'").await, 1);
    }

    async fn operator_has_events_read_again_beside_the_host_and_without_it(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::ordinary(Language::English))));
        app.outcome(&home, 300).await;
        app.advance(10).await;
        let done = app.database.count("jobs").await;
        for words in [["webhooks", "list"].as_slice(), &["webhooks", "list", "--parked", "--limit", "5"]] {
            assert_eq!(program::run(words, &app.settings).await.code, 0, "{words:?}");
        }
        // Another process queues it, and the host at work, this one, does it.
        let ended = program::run(&["webhooks", "replay", "--all"], &app.settings).await;
        assert_eq!(ended.code, 0, "{}", ended.said);
        assert_eq!(app.database.count("jobs WHERE state = 'waiting'").await, 1);
        // The program lives in real time: its job is due when the test's clock is there.
        let now = app.now().0;
        app.database.execute(&format!("UPDATE jobs SET run_at = {now} WHERE state = 'waiting'")).await;
        app.settle().await;
        assert_eq!(app.database.count("jobs WHERE state = 'done'").await, done + 1);
        let ended = program::run(&["webhooks", "replay", "--all", "--now"], &app.settings).await;
        assert_eq!(ended.code, 0, "{}", ended.said);
        assert_eq!(app.database.count("jobs").await, done + 1, "nothing follows from it");
        let unknown = WebhookId::new().to_string();
        let ended = program::run(&["webhooks", "replay", &unknown], &app.settings).await;
        assert_eq!(ended.code, 1);
        assert!(ended.said.contains("no webhook of such an id"), "{}", ended.said);
    }
}

/// So that nothing is fetched: only the events tell.
fn patient(settings: &mut Settings) {
    settings.insert("CALLPANION__CALLING__RECONCILE_AFTER_S".into(), "3600".into());
}
