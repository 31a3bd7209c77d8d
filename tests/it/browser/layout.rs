//! The measure of a page on a phone's screen, and its picture for whoever wants to look.

use std::path::{Path, PathBuf};

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::page::Viewport;
use chromiumoxide::page::ScreenshotParams;

use super::chromium::WIDTH;

/// The measuring itself, a function of the width.
const MEASURE: &str = include_str!("layout.js");

/// The expression that lists what is wrong with the page shown.
pub fn measure() -> String {
    format!("{}({WIDTH})", MEASURE.trim_end())
}

/// Saves a picture of the whole page under this name.
pub async fn picture(page: &Page, name: &str) {
    let size = page.layout_metrics().await.unwrap().css_content_size;
    let whole = Viewport { x: 0.0, y: 0.0, width: f64::from(WIDTH), height: size.height, scale: 1.0 };
    let params = ScreenshotParams::builder().clip(whole).capture_beyond_viewport(true).build();
    let png = page.screenshot(params).await.unwrap();
    let folder = pictures();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
}

/// Where the pictures of the last run lie.
fn pictures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pages-at-{WIDTH}"))
}
