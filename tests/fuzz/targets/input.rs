//! How an input is cut into what a target needs. Seeds are texts that a person can read and write.

/// The first line, and what stands behind it.
pub(super) fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

/// Lines of `name: value` up to an empty line, and the body behind it. Lines of another make are left out.
pub(super) fn headers_and_body(data: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let (mut headers, mut rest) = (Vec::new(), data);
    while !rest.is_empty() {
        let (line, behind) = first_line(rest);
        rest = behind;
        if line.is_empty() {
            break;
        }
        let line = String::from_utf8_lossy(line);
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    (headers, rest)
}

/// Takes numbers off the front of an input. When nothing is left, they are zero.
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

impl Numbers<'_> {
    pub(super) fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    pub(super) fn up_to(&mut self, most: u8) -> u8 {
        self.byte() % most.saturating_add(1)
    }

    pub(super) fn eight_bytes(&mut self) -> u64 {
        u64::from_be_bytes(std::array::from_fn(|_| self.byte()))
    }
}
