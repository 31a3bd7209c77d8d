//! One tab, and the person in front of it.

use std::fmt::Display;
use std::time::Duration;

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::emulation::SetScriptExecutionDisabledParams;
use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams, DispatchMouseEventType, InsertTextParams,
    MouseButton,
};
use chromiumoxide::cdp::browser_protocol::page::EventLoadEventFired;
use chromiumoxide::cdp::browser_protocol::target::SetAutoAttachParams;
use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
use chromiumoxide::error::CdpError;
use chromiumoxide::layout::Point;
use futures::StreamExt as _;
use serde_json::{Value, json};

use super::complaints::Complaints;
use super::layout;

/// Real time that anything on a page may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// Pages in a row that may be left while something is waited for.
const MOST_PAGES: usize = 5;
/// Finds the first visible element of a selector that says some words.
const FIND: &str = "((selector, words) => [...document.querySelectorAll(selector)].find((one) => \
    one.checkVisibility({ visibilityProperty: true }) && (one.innerText ?? '').includes(words)))";

/// One tab.
pub struct Tab {
    page: Page,
    url: String,
    complaints: Complaints,
    faults: Vec<String>,
}

impl Tab {
    /// For the host at `url`.
    pub(super) async fn new(page: Page, url: &str) -> Self {
        // The client halts every worker that starts, to look at it, and does not always let it go on.
        let halts_none = SetAutoAttachParams::builder().auto_attach(false).wait_for_debugger_on_start(false);
        page.execute(halts_none.flatten(true).build().unwrap()).await.unwrap();
        let complaints = Complaints::of(&page).await;
        Self { page, url: url.to_owned(), complaints, faults: Vec::new() }
    }

    /// The tab as the browser's protocol sees it.
    pub(super) fn page(&self) -> &Page {
        &self.page
    }

    /// From the next page on, this script runs in each before its own.
    pub async fn before_each_page(&self, script: &str) {
        self.page.evaluate_on_new_document(script).await.unwrap();
    }

    /// From the next page on, no script runs.
    pub async fn without_scripts(&self) {
        self.page.execute(SetScriptExecutionDisabledParams::new(true)).await.unwrap();
    }

    /// Types an address.
    pub async fn open(&self, path: &str) {
        let mut loads = self.page.event_listener::<EventLoadEventFired>().await.unwrap();
        self.page.goto(format!("{}{path}", self.url)).await.unwrap();
        within(path, loads.next()).await.unwrap();
    }

    /// Presses the visible element that says these words, if there is nothing before it.
    pub async fn press(&self, selector: &str, words: &str) {
        let place = self.place(selector, words).await;
        self.page.click(place).await.unwrap();
    }

    /// Presses it slowly: `meanwhile` happens between going down and coming up. Waits for the page that comes then.
    pub async fn follow_slowly(&self, selector: &str, words: &str, meanwhile: impl Future<Output = ()>) -> String {
        let mut loads = self.page.event_listener::<EventLoadEventFired>().await.unwrap();
        let place = self.place(selector, words).await;
        self.mouse(DispatchMouseEventType::MousePressed, place).await;
        meanwhile.await;
        self.mouse(DispatchMouseEventType::MouseReleased, place).await;
        within(selector, loads.next()).await.unwrap();
        self.path().await
    }

    /// The same with the space bar.
    pub async fn follow_by_space_slowly(&self, selector: &str, meanwhile: impl Future<Output = ()>) -> String {
        let mut loads = self.page.event_listener::<EventLoadEventFired>().await.unwrap();
        self.ask(&format!("void document.querySelector({selector:?}).focus()")).await;
        self.space(DispatchKeyEventType::KeyDown).await;
        meanwhile.await;
        self.space(DispatchKeyEventType::KeyUp).await;
        within(selector, loads.next()).await.unwrap();
        self.path().await
    }

    async fn space(&self, kind: DispatchKeyEventType) {
        let event = DispatchKeyEventParams::builder().r#type(kind).key(" ").code("Space").text(" ");
        self.page.execute(event.windows_virtual_key_code(32).build().unwrap()).await.unwrap();
    }

    async fn mouse(&self, kind: DispatchMouseEventType, at: Point) {
        let event = DispatchMouseEventParams::builder().r#type(kind).x(at.x).y(at.y);
        let event = event.button(MouseButton::Left).click_count(1).build().unwrap();
        self.page.execute(event).await.unwrap();
    }

    /// Where to press it.
    async fn place(&self, selector: &str, words: &str) -> Point {
        let point = format!(
            "(() => {{
                const one = {};
                if (!one) return 'not there';
                one.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                const box = one.getClientRects()[0];
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                const top = document.elementFromPoint(x, y);
                const meant = one.contains(top) || top?.closest('label')?.control === one;
                return meant ? [x, y] : `behind ${{top?.outerHTML.slice(0, 200)}}`;
            }})()",
            found(selector, words)
        );
        let point = self.ask(&point).await;
        let Some([x, y]) = point.as_array().map(Vec::as_slice) else {
            panic!("{selector:?} with {words:?} is {point} on\n{}", self.words().await)
        };
        Point::new(x.as_f64().unwrap(), y.as_f64().unwrap())
    }

    /// Presses it, and waits for the page that comes then. Returns its path.
    pub async fn follow(&self, selector: &str, words: &str) -> String {
        let mut loads = self.page.event_listener::<EventLoadEventFired>().await.unwrap();
        self.press(selector, words).await;
        within(selector, loads.next()).await.unwrap();
        self.path().await
    }

    /// Types into a field, in place of what stood there.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.press(selector, "").await;
        self.ask("document.activeElement.select()").await;
        self.page.execute(InsertTextParams::new(text)).await.unwrap();
        assert_eq!(self.value(selector).await, text, "typed into {selector}");
    }

    /// Sets a field whose own picker would open: a list, a time.
    pub async fn pick(&self, selector: &str, value: &str) {
        let one = found(selector, "");
        let value = json!(value);
        self.ask(&format!(
            "(() => {{ const one = {one}; one.value = {value}; one.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
        ))
        .await;
        assert_eq!(self.value(selector).await, value.as_str().unwrap(), "picked in {selector}");
    }

    /// What stands in a field.
    pub async fn value(&self, selector: &str) -> String {
        self.ask(&format!("{}.value", found(selector, ""))).await.as_str().unwrap().to_owned()
    }

    /// What the first visible element of a selector says.
    pub async fn text(&self, selector: &str) -> String {
        let text = self.ask(&format!("{}?.innerText.trim()", found(selector, ""))).await;
        let Some(text) = text.as_str() else { panic!("no {selector} on\n{}", self.words().await) };
        text.to_owned()
    }

    /// Waits until a visible element of a selector says these words.
    pub async fn see(&self, selector: &str, words: &str) {
        let seen = format!("Boolean({})", found(selector, words));
        assert!(self.comes_true(&seen).await, "no {selector:?} with {words:?} on\n{}", self.words().await);
    }

    /// Whether an expression is true now or becomes true within [`PATIENCE`].
    pub async fn comes_true(&self, expression: &str) -> bool {
        let wait = format!(
            "new Promise((done) => {{
                const holds = () => Boolean({expression});
                if (holds()) {{ done(true); return; }}
                const end = (seen) => {{ eyes.disconnect(); clearTimeout(late); done(seen); }};
                const eyes = new MutationObserver(() => {{ if (holds()) end(true); }});
                const late = setTimeout(() => end(holds()), {});
                eyes.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
            }})",
            PATIENCE.as_millis()
        );
        for _ in 0..MOST_PAGES {
            // A page that is left takes its promise along: ask the next one.
            if let Ok(seen) = self.evaluate(&wait).await {
                return seen == Value::Bool(true);
            }
        }
        false
    }

    /// Waits until the page has fetched a live part of itself so many times.
    pub async fn fetched_parts(&self, times: usize) {
        let wait = format!(
            "new Promise((done) => {{
                let fetched = 0;
                new PerformanceObserver((list) => {{
                    fetched += list.getEntries().filter((one) => one.name.includes('fragment=')).length;
                    // What is fetched is shown by then.
                    if (fetched >= {times}) requestAnimationFrame(() => setTimeout(() => done(fetched)));
                }}).observe({{ type: 'resource', buffered: true }});
            }})"
        );
        within("fetching a part", self.ask(&wait)).await;
    }

    /// Path, query and fragment shown.
    pub async fn path(&self) -> String {
        let path = self.ask("location.pathname + location.search + location.hash").await;
        path.as_str().unwrap().to_owned()
    }

    /// Waits until the page at a path is the one shown, with its heading.
    #[track_caller]
    pub fn must_show<'a>(&'a self, path: &'a str, heading: &'a str) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let shown = self.path().await;
            let words = self.words().await;
            assert!(shown.starts_with(path), "{caller}: {shown} is shown and not {path}:\n{words}");
            let title = self.text("h1").await;
            assert!(title.contains(heading), "{caller}: {shown} is headed {title:?} and not {heading:?}");
        }
    }

    /// Looks at the page: it fits the screen and can be used with a thumb. Faults come up at [`Tab::end`].
    pub async fn look(&mut self, name: &str) {
        let faults = self.ask(&layout::measure()).await;
        let faults = faults.as_array().unwrap().iter().filter_map(Value::as_str);
        self.faults.extend(faults.map(|fault| format!("{name}: {fault}")));
        layout::picture(&self.page, name).await;
    }

    /// What the console has shown since it was last asked.
    pub async fn complaints(&mut self) -> Vec<String> {
        // What the browser said before this answer has been read when it is there.
        self.ask("1").await;
        self.complaints.take()
    }

    /// Closes the tab; fails if the browser complained or a page did not fit.
    pub async fn end(mut self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "the browser complains:\n{}", complaints.join("\n"));
        assert!(self.faults.is_empty(), "on a phone's screen:\n{}", self.faults.join("\n"));
        self.page.close().await.unwrap();
    }

    /// The value of an expression in the page.
    pub async fn ask(&self, expression: &str) -> Value {
        self.evaluate(expression).await.unwrap_or_else(|error| panic!("{error} in {expression}"))
    }

    async fn evaluate(&self, expression: &str) -> Result<Value, CdpError> {
        // Without a context the page that is shown answers, whichever that is by now.
        let params =
            EvaluateParams::builder().expression(expression).await_promise(true).return_by_value(true).build().unwrap();
        let answer = self.page.execute(params).await?.result;
        if let Some(thrown) = answer.exception_details {
            panic!("{thrown:?} in {expression}");
        }
        Ok(answer.result.value.unwrap_or_default())
    }

    async fn words(&self) -> String {
        let words = self.ask("`${location.pathname}\n${document.body.innerText}`").await;
        words.as_str().unwrap_or_default().to_owned()
    }
}

fn found(selector: &str, words: &str) -> String {
    format!("{FIND}({}, {})", json!(selector), json!(words))
}

pub(super) async fn within<T>(what: impl Display, event: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, event).await.unwrap_or_else(|_| panic!("{what} leads nowhere in {PATIENCE:?}"))
}
