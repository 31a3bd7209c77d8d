//! The installation's key for Web Push: made at the first start, and the same for as long as the installation lives.
//! Browsers and apps of UnifiedPush subscribe to it for good: once it is lost, nothing reaches any of them before it
//! has registered anew. It lies in the database, so that all hosts have it and each backup does. A start walks in, and
//! devices that want to subscribe.

use futures::FutureExt as _;

use crate::app::App;
use crate::db::installation_keys::{self, WEB_PUSH};
use crate::egress::web_push::VapidKey;
use crate::services::error::ServiceError;
use crate::services::sealing::Kind;
use crate::services::sealing::keys::KeysError;

/// Reads the key, or makes it where there is none, and tells it to those who sign with it.
///
/// # Errors
/// [`KeysError::WebPush`] when there is one that cannot be read.
pub(crate) async fn ready(app: &App) -> Result<(), KeysError> {
    let known = installation_keys::find(&mut app.db.read().await?, WEB_PUSH).await?;
    let kept = match known {
        Some(kept) => kept,
        None => make(app).await?,
    };
    let opened = app.sealer.open(Kind::InstallationKey, &kept).ok();
    let key = opened.and_then(|text| VapidKey::from_secret_text(&text).ok()).ok_or(KeysError::WebPush)?;
    app.installation_key.tell(key);
    Ok(())
}

/// The public key, to which a device subscribes: 87 characters of base64url.
///
/// # Errors
/// [`ServiceError::Unavailable`] before the host has read it.
pub fn public_key(app: &App) -> Result<&str, ServiceError> {
    app.installation_key.public_text().ok_or(ServiceError::Unavailable("web-push-key"))
}

/// Makes the key. Of several hosts that begin together, the first one's stays. Gives it as it is stored.
async fn make(app: &App) -> Result<String, KeysError> {
    let new = VapidKey::draw().map_err(|_| KeysError::Service(ServiceError::Unavailable("randomness")))?;
    let (sealed, now) = (app.sealer.seal(Kind::InstallationKey, &new.secret_text()), app.clock.now());
    let kept = app
        .db
        .write(move |c| {
            async move {
                installation_keys::put_first(c, WEB_PUSH, &sealed, now).await?;
                installation_keys::find(c, WEB_PUSH).await
            }
            .boxed()
        })
        .await?;
    tracing::info!(
        "the installation has a key for Web Push, in its database and the backups of it: if it is lost, every browser \
         and every app of UnifiedPush has to register anew"
    );
    kept.ok_or(KeysError::WebPush)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing;
    use crate::config::Config;
    use crate::services::sealing::Sealer;

    const START: &str = "2026-10-12T08:00:00Z";

    /// An app on the database of this folder, with this key.
    async fn app(folder: &tempfile::TempDir, encryption_key: Option<&str>) -> App {
        let app = testing::app(folder.path(), START).await;
        let name = "CALLPANION__DATABASE__ENCRYPTION_KEY".to_owned();
        let config = Config::load(None, encryption_key.map(|key| (name, key.to_owned())).into_iter()).unwrap();
        App { sealer: Sealer::new(&config.database), ..app }
    }

    async fn stored(app: &App) -> String {
        installation_keys::find(&mut app.db.read().await.unwrap(), WEB_PUSH).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn the_key_of_the_first_start_is_the_key_of_every_start() {
        let folder = tempfile::tempdir().unwrap();
        let first = app(&folder, None).await;
        assert!(public_key(&first).is_err());
        ready(&first).await.unwrap();
        let (key, kept) = (public_key(&first).unwrap().to_owned(), stored(&first).await);
        assert_eq!(key.len(), 87);
        let next = app(&folder, None).await;
        ready(&next).await.unwrap();
        assert_eq!((public_key(&next).unwrap(), stored(&next).await), (key.as_str(), kept));
    }

    #[tokio::test]
    async fn a_key_that_is_sealed_is_in_clear_nowhere_and_missed_by_whoever_cannot_open_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = app(&folder, Some("cQ4mWq0v3L8xk2m9m5pZ5H0x1u8vJ7dYt0b6N3s2A1o=")).await;
        ready(&first).await.unwrap();
        assert!(stored(&first).await.starts_with("sealed:"));
        let refused = ready(&app(&folder, None).await).await.unwrap_err().to_string();
        assert!(refused.contains("delete the row `web-push` of `installation_keys`"), "{refused}");
    }
}
