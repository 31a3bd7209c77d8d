//! The QR code of a pairing code, as one path that a template draws; no markup is made in Rust.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

/// A QR code: a square of `size` units, and the path of its dark modules.
#[derive(Clone, Debug, Serialize)]
pub struct QrDrawing {
    /// Width and height in units, with the quiet zone of four units on each side that scanners need.
    pub size: usize,
    /// SVG path data.
    pub path: String,
}

impl QrDrawing {
    /// Draws a text; none when it is too long for a QR code (about two kilobytes).
    pub fn new(text: &str) -> Option<Self> {
        const QUIET: usize = 4;
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (row, modules) in code.to_colors().chunks(width).enumerate() {
            for (column, color) in modules.iter().enumerate() {
                if *color == Color::Dark {
                    // Writing to a string cannot fail.
                    let _ = write!(path, "M{} {}h1v1h-1z", column + QUIET, row + QUIET);
                }
            }
        }
        Some(Self { size: width + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::QrDrawing;

    #[test]
    fn drawing_is_path_data_only() {
        let drawing = QrDrawing::new("https://calls.example/pair#123456").expect("short enough");
        assert!(drawing.size > 29);
        assert!(drawing.path.chars().all(|c| "Mhvz- 0123456789".contains(c)));
        assert!(QrDrawing::new(&"x".repeat(9_000)).is_none());
    }
}
