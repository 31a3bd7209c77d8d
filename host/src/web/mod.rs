//! The web: the door for browsers, phones and vendors. It translates a request
//! into one service call and its result into a page or JSON. The whole public
//! surface stands in [`router`].

pub mod address;
mod assets;
mod device_api;
mod error;
mod health;
mod live;
mod origin;
mod pages;
mod phone_app;
pub mod router;
pub mod serving;
mod session;
mod webhooks;
