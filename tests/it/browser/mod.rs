//! A person's way through the pages in a real Chromium, on a phone's screen.
//!
//! [`Chromium`] is the browser, [`Tab`] one of its tabs, with the hands of a person: it presses what can be
//! seen and waits for what shows. Whatever page it is asked to look at is measured ([`layout`]), and at its end
//! it fails if the browser complained about anything on the way. [`path`] holds the steps that both call
//! methods share; [`by_app`] and [`by_phone`] are the two paths. [`live_parts`] are those that move by themselves,
//! [`notices`] those that a browser shows when no page is open.

mod by_app;
mod by_phone;
mod chromium;
mod complaints;
mod layout;
mod live_parts;
mod notices;
mod path;
mod tab;

use chromium::Chromium;
use tab::Tab;
