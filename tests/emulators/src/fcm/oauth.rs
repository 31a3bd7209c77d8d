//! Google's token endpoint: a signed assertion in, an access token out (RFC 7523).

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::State as Held;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use uuid::Uuid;

use super::Fcm;
use crate::fault::Cut;
use crate::hold;
use crate::keys::Jwt;
use crate::port;

/// Google's own client library writes this audience even when `token_uri` points elsewhere.
const GOOGLE_AUDIENCE: &str = "https://oauth2.googleapis.com/token";
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SCOPES: [&str; 2] =
    ["https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform"];
const LIFETIME_S: i64 = 3599;
/// How far a sender's clock may run ahead.
const SKEW_S: i64 = 300;

pub(super) async fn exchange(
    Held(fcm): Held<Fcm>,
    Extension(cut): Extension<Cut>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = grant(&fcm, &cut, &headers, &body).await;
    port::dated(&fcm.0.pace, answer)
}

async fn grant(fcm: &Fcm, cut: &Cut, headers: &HeaderMap, body: &[u8]) -> Response {
    fcm.note_token_request();
    if let Err((error, description)) = check(fcm, headers, body) {
        fcm.0.witness.unexpected(format!("fcm: token request refused: {description}"));
        let body = json!({ "error": error, "error_description": description });
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    }
    let fault = fcm.0.token_faults.take("token");
    if let Some(fault) = fault {
        return fault.perform(cut).await;
    }
    let access = format!("ya29.c.{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    hold(&fcm.0.access).insert(access.clone(), fcm.0.pace.now_ms() + LIFETIME_S * 1000);
    Json(json!({ "access_token": access, "expires_in": LIFETIME_S, "token_type": "Bearer" })).into_response()
}

type Refused = (&'static str, &'static str);

fn check(fcm: &Fcm, headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
    let form = headers
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if !form {
        return Err(("invalid_request", "Content-Type is not application/x-www-form-urlencoded"));
    }
    let fields: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    if fields.get("grant_type").map(String::as_str) != Some(GRANT_TYPE) {
        return Err(("unsupported_grant_type", "Invalid grant_type"));
    }
    let assertion = fields.get("assertion").ok_or(("invalid_request", "Missing assertion"))?;
    let jwt = Jwt::parse(assertion).ok_or(("invalid_grant", "Not a valid JWT"))?;
    check_assertion(fcm, &jwt)
}

fn check_assertion(fcm: &Fcm, jwt: &Jwt<'_>) -> Result<(), Refused> {
    let account = &fcm.0.account;
    // Google's own libraries write all three.
    if jwt.header["alg"] != "RS256" || jwt.header["typ"] != "JWT" {
        return Err(("invalid_grant", "Invalid JWT: alg is not RS256, or typ not JWT"));
    }
    if jwt.header["kid"] != account.key_id.as_str() {
        return Err(("invalid_grant", "Invalid JWT: unknown kid"));
    }
    if !account.pair.verifies(jwt) {
        return Err(("invalid_grant", "Invalid JWT Signature."));
    }
    if jwt.claims["iss"] != account.client_email.as_str() {
        return Err(("invalid_grant", "Invalid JWT: iss is not the service account"));
    }
    let audience = jwt.claims["aud"].as_str().unwrap_or_default();
    if audience != GOOGLE_AUDIENCE && audience != fcm.token_url() {
        return Err(("invalid_grant", "Invalid JWT: Failed audience check."));
    }
    let (Some(issued), Some(ends)) = (jwt.claims["iat"].as_i64(), jwt.claims["exp"].as_i64()) else {
        return Err(("invalid_grant", "Invalid JWT: iat and exp must be integers"));
    };
    let now = fcm.0.pace.now_s();
    if ends - issued > 3600 || ends <= issued || issued > now + SKEW_S || ends <= now {
        return Err((
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and \
             exp values in the JWT claim.",
        ));
    }
    let scope = jwt.claims["scope"].as_str().unwrap_or_default();
    if !scope.split(' ').any(|one| SCOPES.contains(&one)) {
        return Err(("invalid_scope", "Invalid OAuth scope or ID token audience provided."));
    }
    Ok(())
}
