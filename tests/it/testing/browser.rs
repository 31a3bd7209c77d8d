//! A browser without a screen: keeps cookies, follows redirects, sends forms as a page of ours would.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use reqwest::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, Response};

/// Redirects in a row before a browser gives up.
const MOST_REDIRECTS: usize = 10;

/// One person's browser.
pub struct Browser {
    http: reqwest::Client,
    url: String,
    language: &'static str,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What came back in the end.
#[derive(Clone, Debug)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Path and query after all redirects.
    pub path: String,
    /// The body.
    pub html: String,
    /// Headers by their name in small letters.
    pub headers: BTreeMap<String, String>,
}

/// A client that trusts nobody but loopback and follows nothing by itself.
pub fn client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

impl Browser {
    /// For the host at `url`.
    pub fn new(url: &str, language: &'static str) -> Self {
        Self { http: client(), url: url.to_owned(), language, cookies: Mutex::default() }
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        self.follow(Method::GET, path, None).await
    }

    /// Sends a form and shows where it leads.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.follow(Method::POST, path, Some(fields)).await
    }

    /// Sends a form as another site's page would.
    pub async fn post_from_elsewhere(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.http.post(format!("{}{path}", self.url)).header("sec-fetch-site", "cross-site").form(fields);
        Page::read(path, self.with_cookies(request).send().await.unwrap()).await
    }

    /// The value of a cookie that it holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Whether it holds a cookie of this name.
    pub fn has_cookie(&self, name: &str) -> bool {
        self.cookies.lock().unwrap().contains_key(name)
    }

    /// Waits until the host says that something has changed that this person may see; again for each call.
    pub async fn changes(&self) -> impl AsyncFnMut() {
        let mut stream = self.with_cookies(self.http.get(format!("{}/events", self.url))).send().await.unwrap();
        assert_eq!(stream.status(), 200);
        async move || {
            while let Some(chunk) = stream.chunk().await.unwrap() {
                if chunk.starts_with(b"event: change") {
                    return;
                }
            }
            panic!("the stream of changes ended");
        }
    }

    async fn follow(&self, mut method: Method, path: &str, mut fields: Option<&[(&str, &str)]>) -> Page {
        let mut path = path.to_owned();
        for _ in 0..MOST_REDIRECTS {
            let mut request = self.http.request(method.clone(), format!("{}{path}", self.url));
            if method == Method::POST {
                request = request.header("sec-fetch-site", "same-origin").form(fields.unwrap_or_default());
            }
            let response = self.with_cookies(request).send().await.unwrap();
            self.keep_cookies(&response);
            let location = response.headers().get(LOCATION).map(|value| value.to_str().unwrap().to_owned());
            match (response.status().as_u16(), location) {
                (301..=303, Some(location)) => {
                    path = location.strip_prefix(&self.url).unwrap_or(&location).to_owned();
                    (method, fields) = (Method::GET, None);
                }
                _ => return Page::read(&path, response).await,
            }
        }
        panic!("{path} redirects for ever");
    }

    /// A request with its language and cookies.
    pub fn with_cookies(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let cookies: Vec<String> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header(ACCEPT_LANGUAGE, self.language).header(COOKIE, cookies.join("; "))
    }

    fn keep_cookies(&self, response: &Response) {
        let mut cookies = self.cookies.lock().unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() || cookie.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Page {
    async fn read(path: &str, response: Response) -> Self {
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        let status = response.status().as_u16();
        Self { status, path: path.to_owned(), html: response.text().await.unwrap(), headers }
    }

    /// What a person reads in the page's main part.
    pub fn text(&self) -> String {
        super::readable(&self.html)
    }

    /// Whether a person reads these words.
    pub fn says(&self, words: &str) -> bool {
        self.text().split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
    }

    /// Panics, with what is there instead, unless it is a 200 that says these words.
    #[track_caller]
    pub fn must_say(&self, words: &str) {
        assert!(self.says(words), "{} ({}) does not say {words:?} but:\n{}", self.path, self.status, self.text());
    }

    /// The value of a form's field.
    pub fn value_of(&self, field: &str) -> Option<String> {
        let tag = regex::Regex::new(&format!(r#"<input[^>]*\bname="{}"[^>]*>"#, regex::escape(field))).unwrap();
        let tag = tag.find(&self.html)?.as_str();
        let value = regex::Regex::new(r#"\bvalue="([^"]*)""#).unwrap();
        Some(super::snapshot::unescape(&value.captures(tag)?[1]))
    }

    /// The first match of a pattern's first group in the HTML.
    #[track_caller]
    pub fn find(&self, pattern: &str) -> String {
        let found = regex::Regex::new(pattern).unwrap().captures(&self.html).map(|found| found[1].to_owned());
        found.unwrap_or_else(|| panic!("{} ({}) has no {pattern}:\n{}", self.path, self.status, self.text()))
    }
}
