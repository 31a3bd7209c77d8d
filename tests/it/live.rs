//! Live: a page that is open at one host hears of what is changed at another. They share a PostgreSQL, in real time.

use std::time::Duration;

use callpanion::db::accounts::Account;
use callpanion::db::families::Family;
use callpanion::db::links::Link;
use callpanion::db::members::Member;
use callpanion::db::{Conn, Db, DbError, accounts, callees, families, links, members};
use callpanion::domain::{AccountId, CallMethod, CalleeId, FamilyId, LinkPurpose, Locale, Role};
use callpanion::services::secrets;
use futures::FutureExt as _;

use crate::faults::crowd::{Crowd, now};
use crate::faults::home::margaret;
use crate::testing::program::Running;
use crate::testing::{Browser, Database, Engine};

/// Each lets one browser in.
const TOKENS: [&str; 2] = ["at-the-first-host", "at-the-second-host"];
/// A change travels in a fraction of a second; without it nothing ends the wait, however long it is.
const HEARD_WITHIN: Duration = Duration::from_secs(15);

/// A family with an account that the tokens let in. Its callee has no slot: no host does anything for it by itself.
async fn plant(c: &mut Conn, callee: CalleeId) -> Result<(), DbError> {
    let (family, account, now) = (FamilyId::new(), AccountId::new(), now());
    let (name, call_method) = ("The Hills".to_owned(), Some(CallMethod::App));
    families::insert(c, &Family { id: family, name, call_method, onboarded_at: Some(now), created_at: now }).await?;
    callees::insert(c, &margaret(callee, family, now)).await?;
    let row = Account {
        id: account,
        email: "rose@hills.example".into(),
        name: "Rose Hill".into(),
        password_hash: String::new(),
        locale: Locale::En,
        zone: "Europe/London".into(),
        staff_role: None,
        confirmed_at: Some(now),
        created_at: now,
    };
    assert!(accounts::insert(c, &row).await?);
    let row = Member { family_id: family, account_id: account, role: Role::Owner, joined_at: now };
    assert!(members::insert(c, &row).await?);
    for token in TOKENS {
        let row = Link {
            secret_hash: secrets::hash(token),
            account_id: Some(account),
            purpose: LinkPurpose::SignIn,
            expires_at: now.plus_secs(600),
            used_at: None,
        };
        links::insert(c, &row).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn page_that_is_open_at_one_host_hears_of_what_is_changed_at_another() {
    let database = Database::fresh(Engine::Postgres).await;
    let crowd = Crowd::nobody(database.location()).await;
    let (db, callee) = (Db::open(&database.location(), 2).await.unwrap(), CalleeId::new());
    db.write(move |c| plant(c, callee).boxed()).await.unwrap();

    let (mut hosts, mut browsers) = (Vec::new(), Vec::new());
    for token in TOKENS {
        let settings = crowd.settings(&database.url());
        hosts.push(Running::serve(&settings).await);
        let browser = Browser::new(&format!("http://{}", settings["CALLPANION__LISTEN"]), "en");
        browser.get(&format!("/enter/{token}")).await.must_say("Grandma");
        browsers.push(browser);
    }
    let (here, there) = (&browsers[0], &browsers[1]);
    // A host that begins to hear tells its pages that anything may have changed: no page is open yet.
    let hearing = "pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";
    crowd.until_counted(hearing, hosts.len()).await;
    let mut changes = there.changes().await;
    let overview = format!("/dashboard/app?callee={callee}&fragment=overview");
    assert!(!there.get(&overview).await.says("Away with us"));

    let fields = [("from", ""), ("until", ""), ("reason", "Away with us")];
    let schedule = here.post(&format!("/callees/{callee}/pauses"), &fields).await;
    tokio::time::timeout(HEARD_WITHIN, changes()).await.expect("the page hears of the pause");
    there.get(&overview).await.must_say("Away with us");

    // Once more: there is one beginning at the most, and so this is a notice.
    here.post(&schedule.find(r#"action="(/pauses/[^"]+/end)""#), &[]).await.must_say("Calls are made again.");
    tokio::time::timeout(HEARD_WITHIN, changes()).await.expect("the page hears of its end");
    assert!(!there.get(&overview).await.says("Away with us"));

    for host in hosts {
        let ended = host.stop().await;
        assert_eq!(ended.code, 0, "{}", ended.said);
    }
    crowd.world.stop().await;
    drop(db);
    database.end().await;
}
