//! Passwords: Argon2id, on threads of its own, a few at a time. The account and set-up services walk in.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use tokio::sync::Semaphore;

use super::error::ServiceError;
use super::secrets;

/// Fewest characters of a password.
pub const SHORTEST_CHARS: usize = 10;
/// Most characters of a password.
pub const LONGEST_CHARS: usize = 200;
/// Passwords that are hashed at once: each takes 19 MiB for some ten milliseconds.
const AT_ONCE: usize = 4;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// Refuses a password that is too short, too long, or the e-mail address.
pub(crate) fn check(password: &str, email: &str) -> Result<(), ServiceError> {
    let refused = |code| Err(ServiceError::Invalid { field: "password", code });
    match password.chars().count() {
        count if count < SHORTEST_CHARS => refused("password-short"),
        count if count > LONGEST_CHARS => refused("password-long"),
        _ if password.trim().eq_ignore_ascii_case(email) => refused("password-is-email"),
        _ => Ok(()),
    }
}

/// The hash of a password, as a PHC string.
pub(crate) async fn hash(password: String) -> Result<String, ServiceError> {
    let salt = secrets::random::<16>()?;
    in_turn(move || {
        let salt = SaltString::encode_b64(&salt).ok()?;
        Some(Argon2::default().hash_password(password.as_bytes(), &salt).ok()?.to_string())
    })
    .await?
    .ok_or(ServiceError::Unavailable("password"))
}

/// Whether the password is the one of `hash`. Without a hash the answer is no, after the same work.
pub(crate) async fn verify(password: String, hash: Option<String>) -> Result<bool, ServiceError> {
    let Some(known) = hash else {
        let _as_long = self::hash(password).await?;
        return Ok(false);
    };
    in_turn(move || {
        PasswordHash::new(&known)
            .is_ok_and(|known| Argon2::default().verify_password(password.as_bytes(), &known).is_ok())
    })
    .await
}

async fn in_turn<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Result<R, ServiceError> {
    let interrupted = ServiceError::Unavailable("password");
    let Ok(_turn) = TURNS.acquire().await else { return Err(interrupted) };
    tokio::task::spawn_blocking(work).await.map_err(|_| interrupted)
}

#[cfg(test)]
mod tests {
    use super::{check, hash, verify};

    #[tokio::test]
    async fn only_the_same_password_is_verified() {
        let known = hash("a long enough one".into()).await.unwrap();
        assert!(known.starts_with("$argon2id$"));
        assert!(verify("a long enough one".into(), Some(known.clone())).await.unwrap());
        assert!(!verify("a long enough two".into(), Some(known)).await.unwrap());
        assert!(!verify("a long enough one".into(), None).await.unwrap());
    }

    #[test]
    fn a_bad_password_is_refused() {
        assert!(check("tenletters", "ayu@example.org").is_ok());
        assert!(check("nine-char", "ayu@example.org").is_err());
        assert!(check(&"x".repeat(201), "ayu@example.org").is_err());
        assert!(check("Ayu@Example.org", "ayu@example.org").is_err());
    }
}
