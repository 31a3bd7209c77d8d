//! The demo's configuration: what a self-hoster would write, with the emulators'
//! addresses and keys. It goes the way of environment variables.

use std::path::Path;

use callpanion_emulators::Settings;

/// Environment variables that point every plugin at the emulators.
pub(crate) fn environment(world: &Settings, public_url: &str, folder: &Path) -> Vec<(String, String)> {
    let eleven = &world.eleven_url;
    let apns = format!("{},{}", world.apns_production_url, world.apns_sandbox_url);
    let google = format!("{},{}", world.fcm_url, origin_of(&world.fcm_service_account_json, &world.fcm_url));
    let pairs: Vec<(&str, String)> = vec![
        ("PUBLIC_URL", public_url.to_owned()),
        ("DATA_DIR", folder.display().to_string()),
        ("LOG__LEVEL", "warn".to_owned()),
        ("LOG__FORMAT", "pretty".to_owned()),
        ("CALLING__POLL_INTERVAL_S", "5".to_owned()),
        ("CALLING__QUIET_START", "00:00".to_owned()),
        ("CALLING__QUIET_END", "00:00".to_owned()),
        ("CALLING__RETRY_AFTER_S", "120".to_owned()),
        // Time may run ten times as fast as life: the quarter of a second between two looks is not a sleep.
        ("CALLING__LEASE_S", "60".to_owned()),
        ("PLUGINS__FCM__ENABLED", "true".to_owned()),
        ("PLUGINS__FCM__GRANTS__HOSTS", google),
        ("PLUGINS__FCM__GRANTS__PRIVATE_ADDRESSES", "true".to_owned()),
        ("PLUGINS__FCM__CREDENTIALS__SERVICE_ACCOUNT__JSON", world.fcm_service_account_json.clone()),
        ("PLUGINS__FCM__SETTINGS__BASE_URL", world.fcm_url.clone()),
        ("PLUGINS__FCM__SETTINGS__PROJECT_ID", world.fcm_project_id.clone()),
        ("PLUGINS__APNS_VOIP__ENABLED", "true".to_owned()),
        ("PLUGINS__APNS_VOIP__GRANTS__HOSTS", apns),
        ("PLUGINS__APNS_VOIP__GRANTS__PRIVATE_ADDRESSES", "true".to_owned()),
        ("PLUGINS__APNS_VOIP__CREDENTIALS__AUTH_KEY__TEAM_ID", world.apns_team_id.clone()),
        ("PLUGINS__APNS_VOIP__CREDENTIALS__AUTH_KEY__KEY_ID", world.apns_key_id.clone()),
        ("PLUGINS__APNS_VOIP__CREDENTIALS__AUTH_KEY__KEY", world.apns_auth_key_pem.clone()),
        ("PLUGINS__APNS_VOIP__SETTINGS__BASE_URL_PRODUCTION", world.apns_production_url.clone()),
        ("PLUGINS__APNS_VOIP__SETTINGS__BASE_URL_SANDBOX", world.apns_sandbox_url.clone()),
        ("PLUGINS__APNS_VOIP__SETTINGS__BUNDLE_ID", world.apns_bundle_id.clone()),
        ("PLUGINS__TWILIO_BATCH__ENABLED", "true".to_owned()),
        ("PLUGINS__TWILIO_BATCH__GRANTS__HOSTS", eleven.clone()),
        ("PLUGINS__TWILIO_BATCH__GRANTS__PRIVATE_ADDRESSES", "true".to_owned()),
        ("PLUGINS__TWILIO_BATCH__CREDENTIALS__API_KEY__VALUE", world.eleven_api_key.clone()),
        ("PLUGINS__TWILIO_BATCH__SETTINGS__BASE_URL", eleven.clone()),
        ("PLUGINS__TWILIO_BATCH__SETTINGS__AGENT_ID", world.phone_agent_id.clone()),
        ("PLUGINS__TWILIO_BATCH__SETTINGS__AGENT_PHONE_NUMBER_ID", world.phone_number_id.clone()),
        ("PLUGINS__ELEVENLABS__ENABLED", "true".to_owned()),
        ("PLUGINS__ELEVENLABS__GRANTS__HOSTS", eleven.clone()),
        ("PLUGINS__ELEVENLABS__GRANTS__PRIVATE_ADDRESSES", "true".to_owned()),
        ("PLUGINS__ELEVENLABS__CREDENTIALS__API_KEY__VALUE", world.eleven_api_key.clone()),
        ("PLUGINS__ELEVENLABS__CREDENTIALS__WEBHOOK_SECRET__VALUE", world.webhook_secret.clone()),
        ("PLUGINS__ELEVENLABS__SETTINGS__BASE_URL", eleven.clone()),
        ("PLUGINS__ELEVENLABS__SETTINGS__AGENT_ID", world.app_agent_id.clone()),
        ("PLUGINS__ELEVENLABS__SETTINGS__PHONE_AGENT_ID", world.phone_agent_id.clone()),
    ];
    pairs.into_iter().map(|(key, value)| (format!("CALLPANION__{key}"), value)).collect()
}

/// The origin of the token endpoint that a service account names.
fn origin_of(service_account: &str, otherwise: &str) -> String {
    let account: serde_json::Value = serde_json::from_str(service_account).unwrap_or_default();
    let token_uri = account["token_uri"].as_str().and_then(|uri| uri.parse::<url::Url>().ok());
    token_uri.map_or_else(|| otherwise.to_owned(), |uri| uri.origin().ascii_serialization())
}
