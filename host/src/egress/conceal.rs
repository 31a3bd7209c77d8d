//! Concealing: a vendor may quote what it was sent, and with it the credential that the host put into the request. The
//! plugin that reads the reply must not find it there. `send` walks in.

use memchr::memmem::Finder;

use super::Reply;

/// Shorter values are in any text, and no secrets.
const SECRET_MIN_BYTES: usize = 6;
const INSTEAD: &str = "[concealed]";

/// Blanks a placed header's value in a reply: what follows its scheme, as it went out.
pub(super) fn conceal(reply: &mut Reply, placed: &[u8]) {
    let secret = secret_in(placed);
    if secret.len() < SECRET_MIN_BYTES {
        return;
    }
    let secret = Finder::new(secret);
    if let Some(body) = blanked(&reply.body, &secret) {
        reply.body = body;
    }
    for (_, value) in &mut reply.headers {
        if let Some(blanked) = blanked(value.as_bytes(), &secret) {
            *value = String::from_utf8_lossy(&blanked).into_owned();
        }
    }
}

/// What follows the scheme; for Web Push only what is signed, since the key beside it is public (RFC 8292, 3).
fn secret_in(placed: &[u8]) -> &[u8] {
    if let Some(signed) = placed.strip_prefix(b"vapid t=") {
        return signed.split(|byte| *byte == b',').next().unwrap_or(signed);
    }
    let scheme = placed.iter().position(|byte| *byte == b' ').map_or(0, |space| space + 1);
    &placed[scheme..]
}

/// The same without the secret; `None` where it does not stand.
fn blanked(text: &[u8], secret: &Finder<'_>) -> Option<Vec<u8>> {
    let mut places = secret.find_iter(text).peekable();
    places.peek()?;
    let (mut blanked, mut from) = (Vec::with_capacity(text.len()), 0);
    for place in places {
        blanked.extend_from_slice(&text[from..place]);
        blanked.extend_from_slice(INSTEAD.as_bytes());
        from = place + secret.needle().len();
    }
    blanked.extend_from_slice(&text[from..]);
    Some(blanked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concealed(placed: &str, body: &str, header: &str) -> (String, String) {
        let headers = vec![("x-echo".to_owned(), header.to_owned())];
        let mut reply = Reply { status: 200, headers, body: body.as_bytes().to_vec() };
        conceal(&mut reply, placed.as_bytes());
        (String::from_utf8(reply.body).unwrap(), reply.headers.remove(0).1)
    }

    #[test]
    fn a_quoted_credential_is_blanked_wherever_it_stands() {
        let told = concealed("Bearer the-key-of-a-vendor", "the-key-of-a-vendor, Bearer the-key-of-a-vendor!", "x");
        assert_eq!(told, ("[concealed], Bearer [concealed]!".to_owned(), "x".to_owned()));
        let told = concealed("the-key-of-a-vendor", "nothing of the kind", "it is the-key-of-a-vendor");
        assert_eq!(told, ("nothing of the kind".to_owned(), "it is [concealed]".to_owned()));
        assert_eq!(concealed("Bearer x", "x marks", "x"), ("x marks".to_owned(), "x".to_owned()));
        let told = concealed("vapid t=what.is.signed, k=a-public-key", "t=what.is.signed", "a-public-key is unknown");
        assert_eq!(told, ("t=[concealed]".to_owned(), "a-public-key is unknown".to_owned()));
    }
}
