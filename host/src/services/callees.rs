//! Callees: the people who are rung, as their family describes them.

use futures::FutureExt;

use super::calls::Rules;
use super::edits::edit;
use super::error::ServiceError;
use super::number_facts::{self, Purpose};
use super::schedules::planning;
use super::{families, fields, phone_number, queueing};
use crate::app::App;
use crate::db::callees::{self, Callee, Profile};
use crate::db::{Conn, DbError, digests};
use crate::domain::{AccountId, CallMethod, CalleeId, FamilyId, Moment};

const ADDRESS_FORM_CHARS: usize = 60;
const INTERESTS_CHARS: usize = 2_000;
const CONSENT_CHARS: usize = 4_000;

/// What a family types about a callee.
#[derive(Clone, Default)]
#[allow(missing_debug_implementations, reason = "it holds a name and a phone number")]
pub struct Details {
    /// Their name.
    pub name: String,
    /// How the companion addresses them; empty means by their name.
    pub address_form: String,
    /// BCP 47 tag of the language that they speak.
    pub language: String,
    /// Their number, as people write it; needed when they are reached by phone.
    pub phone: String,
    /// The country of the number (ISO 3166 alpha-2); not needed when it has its `+` and country code.
    pub country: String,
    /// The IANA zone in which they live.
    pub zone: String,
    /// What they like to talk about.
    pub interests: String,
}

impl Details {
    fn check(&self, method: CallMethod) -> Result<Profile, ServiceError> {
        let name = fields::line("name", &self.name, fields::NAME_CHARS)?;
        let address_form = fields::optional_line("address_form", &self.address_form, ADDRESS_FORM_CHARS)?;
        let phone = match self.phone.trim() {
            "" if method == CallMethod::Phone => {
                return Err(ServiceError::Invalid { field: "phone", code: "phone-needed" });
            }
            "" => None,
            phone => Some(phone_number::parse(phone, &self.country)?),
        };
        Ok(Profile {
            address_form: if address_form.is_empty() { name.clone() } else { address_form },
            name,
            language: fields::language(&self.language)?,
            zone: fields::zone(&self.zone)?.name().to_owned(),
            phone,
            interests: fields::text("interests", &self.interests, INTERESTS_CHARS)?,
        })
    }
}

/// Enters a callee who is reached by `method` and agreed to the words of `consent`.
pub async fn add(
    app: &App,
    account: AccountId,
    family: FamilyId,
    method: CallMethod,
    details: &Details,
    consent: &str,
) -> Result<Callee, ServiceError> {
    let profile = details.check(method)?;
    let consent = check_consent(consent)?;
    let (_, role) = families::find(app, account, family).await?;
    families::edit(role)?;
    look_up_if_new(app, account, &profile, None).await?;
    let now = app.clock.now();
    let callee = app
        .db
        .write(move |c| {
            async move {
                let (_, role) = families::family_in(c, account, family).await?;
                families::edit(role)?;
                Ok::<_, ServiceError>(enter(c, family, method, profile, consent, account, now).await?)
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(callee)
}

/// Enters the family's first callee, by the family's method; a second save rewrites them.
pub(crate) async fn save_first(
    app: &App,
    account: AccountId,
    family: FamilyId,
    details: &Details,
    consent: &str,
) -> Result<Callee, ServiceError> {
    let (known, role) = families::find(app, account, family).await?;
    let method = known.call_method.ok_or(ServiceError::Conflict("method-first"))?;
    let profile = details.check(method)?;
    let consent = check_consent(consent)?;
    families::edit(role)?;
    let first = list(app, account, family).await?.into_iter().next();
    look_up_if_new(app, account, &profile, first.as_ref()).await?;
    let rules = Rules::of(app);
    let now = rules.now;
    let callee = app
        .db
        .write(move |c| {
            async move {
                // Two clicks at once shall not make two callees.
                crate::db::families::lock(c, family).await?;
                let (family, role) = families::family_in(c, account, family).await?;
                families::edit(role)?;
                if family.call_method != Some(method) {
                    return Err(ServiceError::Conflict("method-changed"));
                }
                let Some(first) = callees::of_family(c, family.id).await?.into_iter().next() else {
                    return Ok(enter(c, family.id, method, profile, consent, account, now).await?);
                };
                callees::lock(c, first.id).await?;
                queueing::tell_missed(c, first.id, &rules).await?;
                callees::set_call_method(c, first.id, method).await?;
                rewrite(c, &first, &profile, method, &rules).await?;
                callees::set_consent(c, first.id, &consent, account, now).await?;
                callees::find(c, first.id).await?.ok_or(ServiceError::NotFound)
            }
            .boxed()
        })
        .await?;
    app.low_water.slots.forget();
    app.live.changed(family);
    Ok(callee)
}

/// Rewrites what the family says about a callee. A new zone moves the schedule's next moments.
pub async fn update_profile(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    details: &Details,
) -> Result<(), ServiceError> {
    let known = families::callee_access(app, account, callee).await?;
    families::edit(known.role)?;
    let profile = details.check(known.callee.call_method)?;
    look_up_if_new(app, account, &profile, Some(&known.callee)).await?;
    let details = details.clone();
    let rules = Rules::of(app);
    edit(app, account, callee, families::edit, move |c, access| {
        async move {
            let profile = details.check(access.callee.call_method)?;
            Ok(rewrite(c, &access.callee, &profile, access.callee.call_method, &rules).await?)
        }
        .boxed()
    })
    .await
}

/// Chooses how the callee is reached; the owner may. What was called before stays as it was, and what is queued in the
/// old way is queued anew in the new one.
pub async fn change_method(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    method: CallMethod,
) -> Result<(), ServiceError> {
    let rules = Rules::of(app);
    edit(app, account, callee, families::own, move |c, access| {
        async move {
            if method == CallMethod::Phone && access.callee.phone.is_none() {
                return Err(ServiceError::Invalid { field: "phone", code: "phone-needed" });
            }
            callees::set_call_method(c, callee, method).await?;
            Ok(planning::replan(c, callee, &rules).await?)
        }
        .boxed()
    })
    .await
}

/// Records that the callee agreed to these words.
pub async fn record_consent(app: &App, account: AccountId, callee: CalleeId, words: &str) -> Result<(), ServiceError> {
    let words = check_consent(words)?;
    let now = app.clock.now();
    edit(app, account, callee, families::edit, move |c, _| {
        async move { Ok(callees::set_consent(c, callee, &words, account, now).await?) }.boxed()
    })
    .await
}

/// The family's callees, the first entered first.
pub async fn list(app: &App, account: AccountId, family: FamilyId) -> Result<Vec<Callee>, ServiceError> {
    let mut c = app.db.read().await?;
    families::family_in(&mut c, account, family).await?;
    Ok(callees::of_family(&mut c, family).await?)
}

/// A number that is not the one on record is looked up: before the callee is locked, since a vendor is asked.
async fn look_up_if_new(
    app: &App,
    account: AccountId,
    profile: &Profile,
    known: Option<&Callee>,
) -> Result<(), ServiceError> {
    let on_record = known.and_then(|callee| callee.phone.as_deref());
    match profile.phone.as_deref() {
        Some(number) if on_record != Some(number) => number_facts::check(app, account, number, Purpose::Calls).await,
        _ => Ok(()),
    }
}

fn check_consent(words: &str) -> Result<String, ServiceError> {
    let words = fields::text("consent", words, CONSENT_CHARS)?;
    if words.is_empty() {
        return Err(ServiceError::Invalid { field: "consent", code: "consent-needed" });
    }
    Ok(words)
}

async fn enter(
    c: &mut Conn,
    family: FamilyId,
    method: CallMethod,
    profile: Profile,
    consent: String,
    account: AccountId,
    now: Moment,
) -> Result<Callee, DbError> {
    let callee = Callee {
        id: CalleeId::new(),
        family_id: family,
        name: profile.name,
        address_form: profile.address_form,
        language: profile.language,
        zone: profile.zone,
        call_method: method,
        phone: profile.phone,
        interests: profile.interests,
        consent_text: Some(consent),
        consent_by: Some(account),
        consent_at: Some(now),
        created_at: now,
        tries: None,
        retry_after_s: None,
    };
    callees::insert(c, &callee).await?;
    Ok(callee)
}

/// Rewrites a callee, who is locked and is reached by `method` now. What was queued for another zone, number or method
/// does not fit any more.
async fn rewrite(
    c: &mut Conn,
    callee: &Callee,
    profile: &Profile,
    method: CallMethod,
    rules: &Rules,
) -> Result<(), DbError> {
    callees::set_profile(c, callee.id, profile).await?;
    if profile.zone != callee.zone {
        digests::look_again(c, callee.id, rules.now).await?;
        planning::retire(c, callee.id, (&callee.zone, &profile.zone), rules.now).await?;
    }
    if profile.zone != callee.zone || profile.phone != callee.phone || method != callee.call_method {
        planning::replan(c, callee.id, rules).await?;
    }
    Ok(())
}
